// A draft: in the browser at once, on the server a moment later, and from there in every window and device.
import { headers } from "./headers.js";

const QUIET = 800;
const windows = new BroadcastChannel("drafts");

export class DraftKeeper {
  // `composer` says what is written (`written`) and takes the key to send it under (`key`).
  constructor(composer) {
    this.composer = composer;
    this.name = `draft:${composer.dataset.draft}`;
    this.address = composer.dataset.keep;
    this.hear = ({ data }) => {
      // Sent from another window: this one has nothing more to send.
      if (data.name === this.name && composer.written.text.trim() === data.text.trim()) composer.write("");
    };
    windows.addEventListener("message", this.hear);
  }

  // What was written last, where the server does not know it yet.
  get unsaved() {
    const text = localStorage.getItem(this.name);
    return text === null ? null : { text, isNote: localStorage.getItem(`${this.name}:note`) !== null };
  }

  changed() {
    const { text, isNote } = this.composer.written;
    if (text) localStorage.setItem(this.name, text);
    else localStorage.removeItem(this.name);
    if (text && isNote) localStorage.setItem(`${this.name}:note`, "1");
    else localStorage.removeItem(`${this.name}:note`);
    clearTimeout(this.timer);
    if (this.address) this.timer = setTimeout(() => this.keep(), QUIET);
  }

  async keep() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { text, isNote } = this.composer.written;
    const body = new URLSearchParams({ text, key: this.composer.key, is_note: isNote ? "yes" : "" });
    try {
      const answer = await fetch(this.address, { method: "POST", headers: headers(), body, keepalive: true });
      if (!answer.ok) return;
      this.composer.key = (await answer.json()).key;
      const now = this.composer.written;
      if (now.text === text && now.isNote === isNote) this.forget();
    } catch {
      // It stays in the browser, and is kept at the next stroke.
    }
  }

  forget() {
    localStorage.removeItem(this.name);
    localStorage.removeItem(`${this.name}:note`);
  }

  // The server has what was sent; nothing of it is kept any more.
  sent(text) {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.forget();
    windows.postMessage({ name: this.name, text });
  }

  leave() {
    windows.removeEventListener("message", this.hear);
    if (this.timer) this.keep();
  }
}
