// Notices go by themselves after a while, unless somebody is reading them.
const SECONDS = 8;

new MutationObserver((changes) => {
  for (const toast of changes.flatMap((change) => [...change.addedNodes])) {
    if (toast.matches?.("[data-toast]")) leave(toast);
  }
}).observe(document.getElementById("toasts"), { childList: true });

function leave(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? leave(toast) : toast.remove()), SECONDS * 1000);
}

document.addEventListener("htmx:after:request", (event) => {
  if (event.target.matches?.("[data-undo]")) event.target.closest("[data-toast]").remove();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]").remove();
});
