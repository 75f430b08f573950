// The views: the one that the list shows is marked wherever it is offered, as soon as it is chosen.
const narrow = matchMedia("(max-width: 720px)");
let marked = "";

function mark(key) {
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === key) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (key === marked) return;
  marked = key;
  document.querySelector(".view-chip[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

function shown() {
  const form = new FormData(document.getElementById("view"));
  return form.get("queue") ? `queue-${form.get("queue")}` : form.get("view");
}

mark(shown());
document.addEventListener("htmx:before:request", ({ target }) => {
  if (target.matches?.("[data-view]")) mark(target.dataset.view);
});
// Also where the request failed, or one went back to another view.
for (const name of ["htmx:after:swap", "htmx:error"]) document.addEventListener(name, () => mark(shown()));

// On a phone the menu lies over the page, and an open conversation over the list: there a view is a page of its own.
document.addEventListener(
  "click",
  (event) => {
    if (narrow.matches && event.target.closest(".menu-view")) event.stopPropagation();
  },
  true,
);
