// Canned replies: `/` at the beginning of a word opens the list of those that fit what is typed after it.
const TYPED = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u;
const QUIET = 120;

export class Slash {
  constructor(box, list) {
    this.box = box;
    this.list = list;
    box.addEventListener("input", () => this.typed());
    box.addEventListener("keydown", (event) => this.press(event), true);
    box.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const one = event.target.closest("[data-insert]");
      if (one) this.insert(one);
    });
  }

  get before() {
    return this.box.value.slice(0, this.box.selectionStart);
  }

  get isOpen() {
    return this.list.matches(":popover-open");
  }

  // As if it had been typed: the button beside the emoji.
  begin() {
    this.box.focus();
    const gap = this.before && !/\s$/.test(this.before) ? " /" : "/";
    this.box.setRangeText(gap, this.box.selectionStart, this.box.selectionEnd, "end");
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  typed() {
    clearTimeout(this.timer);
    const found = this.before.match(TYPED);
    if (found) this.timer = setTimeout(() => this.ask(found[1]), this.isOpen ? QUIET : 0);
    else this.close();
  }

  async ask(typed) {
    const answer = await fetch(`${this.list.dataset.canned}?${new URLSearchParams({ q: typed })}`);
    if (!answer.ok || this.before.match(TYPED)?.[1] !== typed) return;
    this.list.querySelector("ul").innerHTML = await answer.text();
    if (!this.isOpen) this.list.showPopover();
    this.choose(0);
  }

  get options() {
    return [...this.list.querySelectorAll("[data-insert]")];
  }

  choose(place) {
    const all = this.options;
    this.chosen = all.length ? (place + all.length) % all.length : -1;
    for (const [number, one] of all.entries()) one.setAttribute("aria-selected", String(number === this.chosen));
    all[this.chosen]?.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", all[this.chosen]?.id ?? "");
  }

  press(event) {
    if (!this.isOpen || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const one = this.options[this.chosen];
    if (step) this.choose(this.chosen + step);
    else if (["Enter", "Tab"].includes(event.key) && one) this.insert(one);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  insert(one) {
    const end = this.box.selectionStart;
    const start = this.before.lastIndexOf("/");
    this.box.setRangeText(one.dataset.insert, start, end, "end");
    this.close();
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    clearTimeout(this.timer);
    if (this.isOpen) this.list.hidePopover();
    this.box.removeAttribute("aria-activedescendant");
  }
}
