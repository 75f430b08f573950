// A thread keeps its end in sight while the reader is there, and its place while they are not.
const NEAR = 48;
const ABOVE = 8;

class ThreadPane extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("#messages");
    this.pill = this.querySelector("[data-to-bottom]");
    this.toEnd();
    this.line = this.dataset.unread && this.lineOf(this.dataset.unreadWords);
    this.keepLine();
    this.toLine();
    this.box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.pill.addEventListener("click", () => this.toEnd());
    this.addEventListener("sent", () => this.sent());
    this.sizes = new ResizeObserver(() => this.atEnd && this.toEnd());
    for (const part of [this.box, this.querySelector("#recent")]) this.sizes.observe(part);
    this.changes = new MutationObserver(() => this.changed());
    this.changes.observe(this.querySelector("#recent"), { childList: true });
  }

  disconnectedCallback() {
    this.sizes.disconnect();
    this.changes.disconnect();
  }

  // Stands above what was unread when the thread was opened, also when that is read and drawn anew.
  lineOf(words) {
    const line = Object.assign(document.createElement("div"), { className: "unread-line", textContent: words });
    line.setAttribute("role", "separator");
    line.setAttribute("aria-label", words);
    return line;
  }

  keepLine() {
    if (this.line && !this.line.isConnected) document.getElementById(this.dataset.unread)?.before(this.line);
  }

  toLine() {
    if (!this.line?.isConnected) return;
    const above = this.box.getBoundingClientRect().top - this.line.getBoundingClientRect().top;
    if (above <= 0) return;
    this.box.scrollTop -= above + ABOVE;
    this.atEnd = this.isAtEnd;
  }

  get bubbles() {
    return [...this.querySelectorAll("#recent .b")];
  }

  get isAtEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
  }

  scrolled() {
    this.atEnd = this.isAtEnd;
    if (this.atEnd) this.seen();
  }

  // All that there is has been in sight.
  seen() {
    this.last = this.bubbles.at(-1)?.id;
    this.pill.hidden = true;
  }

  changed() {
    this.keepLine();
    if (this.atEnd) {
      if (this.bubbles.at(-1)?.id !== this.last) this.toEnd();
      return;
    }
    const ids = this.bubbles.map((bubble) => bubble.id);
    const fresh = ids.length - 1 - ids.lastIndexOf(this.last);
    const { one, many } = this.pill.dataset;
    this.pill.querySelector("span").textContent = fresh === 1 ? one : many.replace("{}", fresh);
    this.pill.hidden = fresh === 0;
  }

  sent() {
    this.line?.remove();
    this.line = null;
    this.toEnd();
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.atEnd = true;
    this.seen();
  }
}

customElements.define("thread-pane", ThreadPane);

// Further messages are put above or between: the first that is in sight stays where it was.
let kept = null;

function firstInSight(box) {
  const { top } = box.getBoundingClientRect();
  const first = [...box.querySelectorAll(".b, .ev")].find((one) => one.getBoundingClientRect().bottom > top);
  return first && { box, first, at: first.getBoundingClientRect().top };
}

document.addEventListener("htmx:before:swap", (event) => {
  kept = event.target.matches?.("[data-further]") ? firstInSight(event.target.closest(".messages")) : null;
});
document.addEventListener("htmx:after:swap", () => {
  if (kept) kept.box.scrollTop += kept.first.getBoundingClientRect().top - kept.at;
  kept = null;
});
