// Words in the whole talk with a customer: from the newest text that has them to older ones, loaded where they are not.
const QUIET = 200;

class ThreadSearch extends HTMLElement {
  connectedCallback() {
    this.words = this.querySelector("input");
    this.said = this.querySelector("output");
    this.clear();
    this.words.addEventListener("input", () => this.typed());
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button?.dataset.step) this.go(Number(button.dataset.step));
      else if (button) this.close();
    });
    // What is drawn anew knows nothing of the mark.
    this.again = () => this.mark();
    document.addEventListener("htmx:after:swap", this.again);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("htmx:after:swap", this.again);
  }

  open() {
    this.hidden = false;
    this.words.focus();
    this.words.select();
  }

  close() {
    clearTimeout(this.timer);
    this.hidden = true;
    this.words.value = "";
    this.clear();
    document.querySelector("[data-begin-search]")?.focus();
  }

  clear() {
    this.found = [];
    this.place = -1;
    this.asked = "";
    this.say("");
  }

  say(words) {
    this.said.textContent = words;
    for (const button of this.querySelectorAll("[data-step]")) button.disabled = !this.found.length;
    this.mark();
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), QUIET);
  }

  // A space at the end says that the last word is whole.
  async ask() {
    clearTimeout(this.timer);
    const typed = this.words.value.trimStart();
    if (!typed) {
      this.clear();
      return;
    }
    if (typed === this.asked) return;
    this.asked = typed;
    const found = await this.read(typed);
    if (typed !== this.asked) return;
    this.found = found ?? [];
    this.place = -1;
    if (this.found.length) await this.go(1);
    else this.say(found ? this.dataset.none : this.dataset.failed);
    if (!found) this.asked = "";
  }

  async read(typed) {
    try {
      const answer = await fetch(`${this.dataset.find}?${new URLSearchParams({ q: typed })}`);
      return answer.ok ? (await answer.json()).found : null;
    } catch {
      return null;
    }
  }

  get bubble() {
    return document.getElementById(`m-${this.found[this.place]}`);
  }

  // Round at both ends.
  async go(step) {
    const { length } = this.found;
    if (!length) return;
    this.place = (this.place + step + length) % length;
    const { place, found } = this;
    this.say(this.dataset.place.replace("{place}", place + 1).replace("{all}", length));
    if (!this.bubble) {
      const address = this.dataset.around.replace("/0/", `/${found[place]}/`);
      await htmx.ajax("GET", address, { source: this, target: "#earlier", swap: "innerHTML" });
    }
    if (this.place !== place || this.found !== found) return;
    this.mark();
    this.bubble?.scrollIntoView({ block: "center" });
  }

  mark() {
    for (const old of document.querySelectorAll(".b.is-found")) old.classList.remove("is-found");
    this.bubble?.classList.add("is-found");
  }

  press(event) {
    if (event.isComposing) return;
    const step = { ArrowUp: 1, ArrowDown: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (event.key === "Escape") this.close();
    else if (step && event.target === this.words) this.stepOrAsk(step);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // What was typed a moment ago is asked for first.
  stepOrAsk(step) {
    if (this.words.value.trimStart() === this.asked) this.go(step);
    else this.ask();
  }
}

customElements.define("thread-search", ThreadSearch);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-begin-search]")) document.getElementById("thread-search").open();
});
