// Boxes to tick, as a search that adds chips: who is chosen stands first, the others come as they are typed. The boxes
// stay what is sent, and all that there is without this script.
import { plain } from "./filter.js";

const FEW = 6;

class BoxPicker extends HTMLElement {
  connectedCallback() {
    this.boxes = [...this.querySelectorAll("label:has([type=checkbox])")];
    if (this.boxes.length <= FEW || this.search) return;
    this.search = Object.assign(document.createElement("input"), {
      className: "form-control form-control-sm",
      type: "search",
      autocomplete: "off",
      placeholder: this.dataset.search,
      ariaLabel: this.dataset.search,
    });
    this.none = Object.assign(document.createElement("p"), { className: "form-hint", textContent: this.dataset.none });
    this.none.setAttribute("role", "status");
    this.boxes[0].before(this.search, this.none);
    this.classList.add("picking");
    this.search.addEventListener("input", () => this.show());
    this.search.addEventListener("keydown", (event) => this.take(event));
    this.addEventListener("change", () => this.show());
    this.show();
  }

  show() {
    const wanted = plain(this.search.value.trim());
    const fits = (label) => wanted && plain(label.textContent).includes(wanted);
    for (const label of this.boxes) label.hidden = !label.querySelector(":checked") && !fits(label);
    this.none.hidden = !wanted || this.boxes.some(fits);
  }

  take(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    this.boxes
      .find((label) => !label.hidden && !label.querySelector(":checked"))
      ?.querySelector("input")
      .click();
    this.search.value = "";
    this.show();
  }
}

customElements.define("box-picker", BoxPicker);
