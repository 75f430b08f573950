// Photos of a text being written: chosen, dropped or pasted; the server looks at each before the text is sent.
import { headers } from "./headers.js";

const MAX_BYTES = 5_000_000;

export class Photos {
  constructor(composer, list) {
    this.list = list;
    this.words = list.dataset;
    const input = composer.querySelector("[data-choose-photos]");
    input.addEventListener("change", () => {
      this.add(input.files);
      input.value = "";
    });
    list.addEventListener("click", (event) => event.target.closest("[data-remove]")?.closest("li").remove());
    composer.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
    this.receive(composer.closest("thread-pane") ?? composer);
  }

  // Whatever of the conversation they are dropped on.
  receive(place) {
    const carriesFiles = (event) => event.dataTransfer.types.includes("Files");
    place.addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      place.classList.add("dropping");
    });
    place.addEventListener("dragleave", (event) => {
      if (!place.contains(event.relatedTarget)) place.classList.remove("dropping");
    });
    place.addEventListener("drop", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      place.classList.remove("dropping");
      if (this.list.isConnected) this.add(event.dataTransfer.files);
    });
  }

  get count() {
    return this.list.querySelectorAll("input").length;
  }

  get busy() {
    return this.list.querySelector("progress") !== null;
  }

  // Those of a text that came back.
  take(lines) {
    this.list.append(...lines);
  }

  clear() {
    this.list.replaceChildren();
  }

  add(files) {
    for (const file of files) {
      const place = this.list.querySelectorAll("input, progress").length;
      if (place >= Number(this.words.most)) this.refuse(this.line(file), file, this.words.tooMany);
      else if (file.size > MAX_BYTES) this.refuse(this.line(file), file, this.words.tooLarge);
      else this.upload(file);
    }
  }

  line(file) {
    const line = document.createElement("li");
    line.className = "upload";
    line.title = file.name;
    this.list.append(line);
    return line;
  }

  // Not fetch(), which tells nothing of how far it has come.
  upload(file) {
    const line = this.line(file);
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", file.name);
    line.append(bar);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) =>
      Object.assign(bar, { max: total, value: loaded }),
    );
    request.addEventListener("load", () => {
      if (request.status === 200) line.outerHTML = request.responseText;
      else this.refuse(line, file, request.status === 422 ? request.responseText : this.words.away);
    });
    request.addEventListener("error", () => this.refuse(line, file, this.words.away));
    request.open("POST", this.words.photos);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    const form = new FormData();
    form.append("photo", file);
    request.send(form);
  }

  refuse(line, file, words) {
    line.classList.add("upload-refused");
    const text = document.createElement("span");
    text.textContent = `${file.name} : ${words}`;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn btn-sm btn-icon", textContent: "×" });
    button.dataset.remove = "";
    button.setAttribute("aria-label", this.words.remove);
    line.replaceChildren(text, button);
  }
}
