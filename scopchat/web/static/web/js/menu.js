// The three lines: hide or show the menu, and remember it on this device. On a phone the menu lies over the page.
const KEY = "menu-hidden";
const narrow = matchMedia("(max-width: 720px)");
const app = document.getElementById("app");
const button = document.querySelector("[data-toggle-menu]");

function show() {
  const shown = narrow.matches ? app.classList.contains("menu-open") : !app.classList.contains("menu-hidden");
  button.setAttribute("aria-expanded", String(shown));
}

if (localStorage.getItem(KEY)) app.classList.add("menu-hidden");
show();
narrow.addEventListener("change", show);

button.addEventListener("click", () => {
  if (narrow.matches) {
    app.classList.toggle("menu-open");
  } else if (app.classList.toggle("menu-hidden")) {
    localStorage.setItem(KEY, "1");
  } else {
    localStorage.removeItem(KEY);
  }
  show();
});

document.addEventListener("click", (event) => {
  if (event.target.closest(".menu, [data-toggle-menu]")) return;
  app.classList.remove("menu-open");
  show();
});
