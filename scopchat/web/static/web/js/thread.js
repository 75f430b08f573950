// A thread keeps its end in sight while the reader is there, and its place while they are not.
const NEAR = 48;

class ThreadPane extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("#messages");
    this.pill = this.querySelector("[data-to-bottom]");
    this.atEnd = true;
    this.last = this.lastBubble();
    this.toEnd();
    this.box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.pill.addEventListener("click", () => this.toEnd());
    this.addEventListener("sent", () => this.toEnd());
    this.sizes = new ResizeObserver(() => this.atEnd && this.toEnd());
    for (const part of [this.box, this.querySelector("#recent")]) this.sizes.observe(part);
    this.changes = new MutationObserver(() => this.changed());
    this.changes.observe(this.querySelector("#recent"), { childList: true });
  }

  disconnectedCallback() {
    this.sizes.disconnect();
    this.changes.disconnect();
  }

  lastBubble() {
    return [...this.querySelectorAll("#recent .b")].at(-1)?.id;
  }

  scrolled() {
    this.atEnd = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
    if (this.atEnd) this.pill.hidden = true;
  }

  changed() {
    const last = this.lastBubble();
    if (last === this.last) return;
    this.last = last;
    if (this.atEnd) this.toEnd();
    else this.pill.hidden = false;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.atEnd = true;
    this.pill.hidden = true;
  }
}

customElements.define("thread-pane", ThreadPane);

// Older messages are put above: what was being read stays where it was.
let before = null;
document.addEventListener("htmx:before:swap", (event) => {
  const box = event.target.closest?.("[data-earlier]") && document.getElementById("messages");
  before = box ? { box, fromEnd: box.scrollHeight - box.scrollTop } : null;
});
document.addEventListener("htmx:after:swap", () => {
  if (before) before.box.scrollTop = before.box.scrollHeight - before.fromEnd;
  before = null;
});
