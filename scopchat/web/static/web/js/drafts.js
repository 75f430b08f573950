// A draft: in the browser at once, on the server a moment later, and from there in every window and device.
import { headers } from "./headers.js";

const QUIET = 800;
// A page that was on its way while the server took the draft finds it in the browser.
const SETTLED = 5000;
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

  // What was written last, where the server may not know it yet.
  get unsaved() {
    const written = localStorage.getItem(this.name);
    try {
      const draft = JSON.parse(written);
      if (draft === null || draft.key) return draft;
    } catch {
      // Written by an earlier version, which kept the text as it was.
    }
    return { text: written, isNote: localStorage.getItem(`${this.name}:note`) !== null, key: this.composer.key };
  }

  store() {
    const { text, isNote } = this.composer.written;
    // With its key: sent from elsewhere meanwhile, it is not sent again.
    if (text) localStorage.setItem(this.name, JSON.stringify({ text, isNote, key: this.composer.key }));
    else this.forget();
  }

  changed() {
    this.store();
    clearTimeout(this.timer);
    clearTimeout(this.forgetting);
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
      this.store();
      this.forgetting = setTimeout(() => this.forget(), SETTLED);
    } catch {
      // It stays in the browser, and is kept at the next stroke.
    }
  }

  forget() {
    localStorage.removeItem(this.name);
  }

  // The server has what was sent; nothing of it is kept any more.
  sent(text) {
    clearTimeout(this.timer);
    clearTimeout(this.forgetting);
    this.timer = undefined;
    this.forget();
    windows.postMessage({ name: this.name, text });
  }

  leave() {
    windows.removeEventListener("message", this.hear);
    if (this.timer) this.keep();
  }
}
