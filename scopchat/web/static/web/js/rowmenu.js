// What can be done with a line of a list: a right click, a long press or Shift+F10 on it opens its menu, or its button.
const menu = document.getElementById("row-menu");
const LONG_MS = 500;
let held = 0;
let opened = false;
let owner = null;

function open(row, x, y) {
  owner = row;
  menu.replaceChildren();
  htmx.ajax("GET", row.dataset.menu, { target: menu, swap: "innerHTML" }).then(() => {
    menu.showPopover();
    const box = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(x, innerWidth - box.width - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(y, innerHeight - box.height - 8))}px`;
    menu.querySelector("button, a")?.focus();
  });
}

document.addEventListener("contextmenu", (event) => {
  const row = event.target.closest("[data-menu]");
  if (!row) return;
  event.preventDefault();
  clearTimeout(held);
  // The browser's own long press comes beside ours: one finger opens one menu.
  if (opened && event.pointerType === "touch") return;
  opened = event.pointerType === "touch";
  open(row, event.clientX, event.clientY);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open-menu]");
  if (!button) return;
  const box = button.getBoundingClientRect();
  open(button.closest("[data-menu]"), box.left, box.bottom);
});

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-menu]");
  if (!row || !(event.key === "ContextMenu" || (event.shiftKey && event.key === "F10"))) return;
  event.preventDefault();
  const box = row.getBoundingClientRect();
  open(row, box.left + 40, box.top + 20);
});

// Lifting the finger beside an open menu has closed it: the one that this finger opened stays, and its line is not opened.
function lift(event) {
  clearTimeout(held);
  if (!opened) return;
  event.preventDefault();
  setTimeout(() => {
    if (menu.childElementCount) menu.showPopover();
  });
}

// iOS opens no context menu by itself. The line may be drawn anew under the finger: what is touched hears its own end.
document.addEventListener("touchstart", ({ target, touches: [touch] }) => {
  const row = target.closest?.("[data-menu]");
  clearTimeout(held);
  opened = false;
  if (!row) return;
  target.addEventListener("touchend", lift, { once: true, passive: false });
  for (const end of ["touchmove", "touchcancel"])
    target.addEventListener(end, () => clearTimeout(held), { once: true });
  held = setTimeout(() => {
    opened = true;
    open(row, touch.clientX, touch.clientY);
  }, LONG_MS);
});

menu.addEventListener("keydown", (event) => {
  const items = [...menu.querySelectorAll("button, a")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
});
menu.addEventListener("click", () => menu.hidePopover());
menu.addEventListener("toggle", (event) => {
  if (event.newState === "closed" && menu.contains(document.activeElement)) owner?.focus({ preventScroll: true });
});
