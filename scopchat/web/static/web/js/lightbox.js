// A photo of the thread at full size, over the page; the arrows go to the others of the thread.
const dialog = document.querySelector("#lightbox");
let photos = [];
let shown = 0;

function show(place) {
  shown = (place + photos.length) % photos.length;
  const { href } = photos[shown];
  dialog.querySelector("img").src = href;
  dialog.querySelector("[data-download]").href = href;
  dialog.querySelector("[data-place]").textContent = photos.length > 1 ? `${shown + 1} / ${photos.length}` : "";
  for (const button of dialog.querySelectorAll("[data-step]")) button.hidden = photos.length < 2;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-photo]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  photos = [...document.querySelectorAll("a[data-photo]")];
  show(photos.indexOf(link));
  dialog.showModal();
});
dialog?.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) show(shown + Number(step.dataset.step));
  else if (event.target === dialog || event.target.closest("[data-dismiss]")) dialog.close();
});
dialog?.addEventListener("keydown", (event) => {
  const rtl = document.documentElement.dir === "rtl" ? -1 : 1;
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) show(shown + step * rtl);
});
