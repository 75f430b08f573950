// Writing a mass send: fields are put in where one types, and what the text costs is counted, its closing with it.
import { measure } from "./gsm.js";

class MassText extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("[name=text]");
    this.closing = this.querySelector("[name=closing]");
    this.addEventListener("input", () => this.show());
    for (const button of this.querySelectorAll("[data-insert]"))
      button.addEventListener("click", () => this.insert(button.dataset.insert));
    this.show();
  }

  // What stands there for those without is selected, to be written over.
  insert(field) {
    const at = this.box.selectionStart;
    this.box.setRangeText(field, at, this.box.selectionEnd);
    this.box.focus();
    this.box.setSelectionRange(at + field.indexOf("|") + 1, at + field.length - 1);
    this.show();
  }

  // Each field counts as what stands in its place.
  show() {
    const written = this.box.value.replace(/\{\w+\|([^{}|]*)\}/g, "$1");
    const whole = [written, this.closing.value].filter((part) => part.trim()).join("\n");
    const cost = measure(whole);
    const segments = cost.segments > 1 ? this.dataset.many.replace("{}", cost.segments) : this.dataset.one;
    const encoding = cost.forcedBy ? `${cost.encoding} (${cost.forcedBy})` : cost.encoding;
    this.querySelector("[data-count]").textContent = `${cost.characters} / 900 · ${encoding} · ${segments}`;
  }
}

customElements.define("mass-text", MassText);
