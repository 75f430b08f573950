// Lists of buttons worked from the field above them: the arrows go through what is shown, Enter takes it.
const listOf = (field) => document.querySelector(field.dataset?.choices || null);
const fieldOf = (list) => document.querySelector(`[data-choices="#${list.id}"]`);
const shown = (list) => [...list.querySelectorAll(".pop-item:not([hidden])")];

function mark(list, item) {
  for (const one of list.querySelectorAll("[aria-selected]")) one.removeAttribute("aria-selected");
  item?.setAttribute("aria-selected", "true");
  item?.scrollIntoView({ block: "nearest" });
  fieldOf(list).setAttribute("aria-activedescendant", item?.id ?? "");
}

const markFirst = (list) => mark(list, shown(list)[0]);

document.addEventListener("keydown", (event) => {
  const list = listOf(event.target);
  if (!list || event.isComposing) return;
  const items = shown(list);
  const at = items.findIndex((item) => item.matches("[aria-selected]"));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark(list, items[(Math.max(at, step < 0 ? 0 : -1) + step + items.length) % items.length]);
  if (event.key === "Enter" && list.ariaBusy) list.dataset.take = "";
  else if (event.key === "Enter") (items[at] ?? items[0])?.click();
  if (step || event.key === "Enter") event.preventDefault();
});

// What is shown of a list that is fetched is not yet what was typed: Enter waits for it.
document.addEventListener("input", (event) => {
  const list = listOf(event.target);
  if (!list) return;
  list.ariaBusy = event.target.hasAttribute("hx-get") || null;
  delete list.dataset.take;
  markFirst(list);
});

document.addEventListener("htmx:after:swap", (event) => {
  if (!event.target.matches?.("[data-choices]")) return;
  const list = listOf(event.target);
  list.ariaBusy = null;
  markFirst(list);
  if ("take" in list.dataset) shown(list)[0]?.click();
  delete list.dataset.take;
});

// What is chosen of some lists is written into their field.
document.addEventListener("click", ({ target }) => {
  const item = target.closest("[data-fill]");
  if (!item) return;
  const list = item.closest("[role=listbox]");
  const field = fieldOf(list);
  field.value = item.dataset.fill;
  list.replaceChildren();
  field.focus();
});

// A list that is fetched when it opens, and was opened before htmx listened.
document.addEventListener("DOMContentLoaded", () => {
  for (const pop of document.querySelectorAll(":popover-open")) pop.dispatchEvent(new Event("beforetoggle"));
});
