// The page's one dialog opens when something is put into it, and closes by its buttons or after what was done in it.
document.addEventListener("htmx:after:swap", () => {
  const dialog = document.getElementById("dialog");
  if (dialog?.childElementCount && !dialog.open && dialog.dataset.shown !== "closed") dialog.showModal();
});

document.addEventListener("htmx:before:swap", (event) => {
  const dialog = document.getElementById("dialog");
  if (event.detail.tasks.some((task) => task.target === dialog)) delete dialog.dataset.shown;
});

function close(dialog) {
  dialog.dataset.shown = "closed";
  dialog.close();
}

document.addEventListener("click", (event) => {
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  const outside = event.target === dialog && !within(dialog.getBoundingClientRect(), event);
  if (event.target.closest("[data-close]") || outside) close(dialog);
});

document.addEventListener("htmx:after:request", (event) => {
  const dialog = event.target.closest?.("[data-close-after]")?.closest("dialog");
  if (dialog && event.detail.ctx.response?.status !== 422) close(dialog);
});

document.addEventListener("close", (event) => (event.target.dataset.shown = "closed"), true);

function within(box, { clientX, clientY }) {
  return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
}
