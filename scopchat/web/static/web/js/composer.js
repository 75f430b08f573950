// A text being written: its cost as one types, a draft that survives a reload, and sending it once.
import "./emoji.js";
import { DraftKeeper } from "./drafts.js";
import { measure, REPLACEMENTS, replaceTypography } from "./gsm.js";
import { Photos } from "./photos.js";
import { Slash } from "./slash.js";

class TextComposer extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("[data-text]");
    this.form = this.querySelector("form");
    this.note = this.querySelector('[name="is_note"][value="yes"]');
    this.signed = this.querySelector("[data-signed]");
    const photos = this.querySelector("[data-photos]");
    this.photos = photos && new Photos(this, photos);
    const list = this.querySelector("#canned");
    this.slash = list && new Slash(this.box, list);
    this.draft = new DraftKeeper(this);
    const { unsaved } = this.draft;
    if (unsaved && (this.dataset.keep || !this.box.value)) {
      this.box.value = unsaved.text;
      this.key = unsaved.key;
      // What was written as a note stays one: read as a reply, it would go to the customer.
      if (this.note) this.note.checked = unsaved.isNote;
      if (!unsaved.isNote)
        for (const reply of this.querySelectorAll('[name="is_note"][value=""]')) reply.checked = true;
    }
    this.listen();
    this.show();
  }

  listen() {
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("keydown", (event) => this.press(event));
    this.querySelector("[data-begin-canned]")?.addEventListener("click", () => this.slash.begin());
    this.querySelector("[data-replace]").addEventListener("click", () => this.improve());
    // A field of the form may have requests of its own.
    const own = (act) => (event) => event.target === this.form && act(event);
    this.form.addEventListener(
      "htmx:config:request",
      own((event) => this.sending(event)),
    );
    this.form.addEventListener(
      "htmx:after:request",
      own((event) => this.answered(event)),
    );
    this.form.addEventListener(
      "htmx:error",
      own(() => this.fail()),
    );
    this.note?.closest("fieldset").addEventListener("change", () => this.typed());
    this.signed?.addEventListener("change", () => this.show());
    const back = this.querySelector("#composer-back");
    if (back) new MutationObserver(() => this.takeBack(back)).observe(back, { childList: true });
  }

  disconnectedCallback() {
    this.draft.leave();
  }

  get written() {
    return { text: this.box.value, isNote: Boolean(this.note?.checked) };
  }

  get key() {
    return this.form.elements.key.value;
  }

  set key(value) {
    this.form.elements.key.value = value;
  }

  // What the server will make of it.
  get text() {
    const signs = this.signed?.checked && this.box.value.trim();
    return signs ? `${this.box.value.trimEnd()}\n${this.signed.dataset.signature}` : this.box.value;
  }

  typed() {
    this.draft.changed();
    this.show();
  }

  write(text) {
    this.box.value = text;
    this.typed();
  }

  // A text whose sending was undone stands before what has been written since.
  takeBack(place) {
    const found = place.querySelector("[data-back]");
    if (!found) return;
    this.photos?.take(found.querySelectorAll("li"));
    this.write([found.dataset.back, this.box.value].filter(Boolean).join("\n"));
    this.box.focus();
    place.replaceChildren();
  }

  improve() {
    this.write(replaceTypography(this.box.value));
    this.box.focus();
  }

  press(event) {
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!sends || !("enterSends" in this.box.dataset)) return;
    event.preventDefault();
    if (!event.repeat) this.form.requestSubmit();
  }

  sending(event) {
    this.sent = this.box.value;
    if (this.photos?.busy) {
      event.preventDefault();
      this.say(this.photos.words.busy);
    } else if (!this.sent.trim() && !this.photos?.count && "enterSends" in this.box.dataset) event.preventDefault();
  }

  // What was typed while the text was on its way stays in the box.
  answered(event) {
    if (event.detail.ctx.response.status !== 200) return;
    this.dispatchEvent(new CustomEvent("sent", { bubbles: true }));
    const reply = this.querySelector('[name="is_note"][value=""]');
    if (!reply || reply.checked) this.photos?.clear();
    else reply.checked = true;
    this.draft.sent(this.sent);
    const now = this.box.value;
    this.box.value = now.startsWith(this.sent) ? now.slice(this.sent.length) : now;
    if (this.box.value) this.typed();
    else this.show();
    this.box.focus();
  }

  fail() {
    this.say(this.querySelector("[data-error]").dataset.error);
  }

  say(words) {
    this.querySelector("[data-error]").textContent = words;
  }

  show() {
    const { limit, one, many, segments, forces, replacePlain, replaceWith } = this.dataset;
    const cost = measure(this.text);
    const count = this.querySelector("[data-count]");
    // Each part keeps its place whichever way the page runs: first-strong isolates, as <bdi> makes them.
    count.textContent = [`${cost.characters} / ${limit}`, `${cost.segments} ${cost.segments > 1 ? many : one}`]
      .map((part) => `\u2068${part}\u2069`)
      .join(" · ");
    count.title = segments.replace("{}", cost.encoding).replace("{}", cost.segments);
    count.classList.toggle("over", cost.characters > Number(limit));
    this.querySelector("[data-forced]").hidden = !cost.forcedBy;
    this.querySelector("[data-forced-words]").textContent = forces.replace("{}", cost.forcedBy);
    const found = [...this.box.value].find((char) => char in REPLACEMENTS);
    const button = this.querySelector("[data-replace]");
    button.hidden = !found;
    button.textContent = REPLACEMENTS[found]?.trim() ? replaceWith.replace("{}", REPLACEMENTS[found]) : replacePlain;
  }
}

customElements.define("text-composer", TextComposer);
