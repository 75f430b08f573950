// The inbox from the keyboard. Nothing happens while somebody types or a dialog is open.
const click = (selector) => document.querySelector(selector)?.click();

function move(step) {
  const rows = [...document.querySelectorAll("#rows .row-i")];
  const at = rows.findIndex((row) => row.matches("[aria-current]"));
  const next = rows[at < 0 ? 0 : at + step];
  if (!next) {
    if (step > 0) click("#more button");
    return;
  }
  next.scrollIntoView({ block: "nearest" });
  next.focus({ preventScroll: true });
  next.click();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  e: () => click('#thread-head [data-shortcut="e"]'),
  t: () => click('#thread-head [data-shortcut="t"]'),
  p: () => click('#thread-head [data-shortcut="p"]'),
  z: () => click("#toasts [data-toast]:last-child [data-undo]"),
  r: () => document.querySelector("#composer-slot [data-text]")?.focus(),
  m: () => {
    click('#composer-slot [name="is_note"][value="yes"]');
    document.querySelector("#composer-slot [data-text]")?.focus();
  },
  n: () => click('#list [data-shortcut="n"]'),
  f: () => click("#thread-head [data-begin-search]"),
  "/": () => document.getElementById("search")?.focus(),
  "?": () => document.getElementById("shortcuts").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.closest("input:not([type=radio]), textarea, select, [contenteditable]");
  if (event.key === "Escape" && typing) typing.blur();
  if (typing || document.querySelector("dialog[open]") || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
