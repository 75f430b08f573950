// Emoji by group or by name in the person's language, from our own files; loaded when first asked for.
const GROUPS = { 0: "😀", 1: "👋", 3: "🐶", 4: "🍎", 5: "🚗", 6: "⚽", 7: "💡", 8: "❤️", 9: "🏁" };
const LOCALES = ["fr", "en", "es", "pt", "de", "it", "nl"];
let database = null;
let open = null;

async function load(root) {
  const { default: Database } = await import("../../vendor/emoji/database.js");
  const language = document.documentElement.lang.split("-")[0];
  const locale = LOCALES.includes(language) ? language : "en";
  database ??= new Database({ locale, dataSource: `${root}${locale}/cldr/data.json` });
  return database;
}

function make(tag, props, ...children) {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
}

function build(button) {
  const grid = make("div", { className: "emoji-grid" });
  const groups = make("div", { className: "emoji-groups" });
  const search = make("input", { className: "form-control form-control-sm", type: "search" });
  search.placeholder = button.dataset.emojiSearch;
  search.setAttribute("aria-label", button.dataset.emojiSearch);
  const panel = make("div", { className: "emoji", popover: "auto" }, search, groups, grid);

  const show = (found) => {
    const buttons = found.map((emoji) => make("button", { type: "button", title: emoji.annotation }, emoji.unicode));
    grid.replaceChildren(...buttons);
    if (!buttons.length) grid.append(make("p", { className: "emoji-none" }, button.dataset.emojiNone));
    grid.scrollTop = 0;
  };
  const showGroup = async (id) => {
    for (const tab of groups.children) tab.setAttribute("aria-pressed", String(tab.dataset.id === String(id)));
    show(await database.getEmojiByGroup(Number(id)));
  };
  for (const [id, face] of Object.entries(GROUPS)) {
    const tab = make("button", { type: "button" }, face);
    tab.dataset.id = id;
    tab.addEventListener("click", () => showGroup(id));
    groups.append(tab);
  }
  search.addEventListener("input", async () => {
    const words = search.value.trim();
    if (words.length < 2) return showGroup(0);
    return show(await database.getEmojiBySearchQuery(words));
  });
  grid.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (chosen) insert(button, chosen.textContent);
  });
  panel.addEventListener("toggle", (event) => button.setAttribute("aria-expanded", String(event.newState === "open")));
  button.after(panel);
  button.popoverTargetElement = panel;
  return { panel, search, showGroup };
}

function insert(button, emoji) {
  const box = button.closest("text-composer").querySelector("[data-text]");
  box.setRangeText(emoji, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-emoji]");
  if (!button || button.popoverTargetElement) return;
  open = build(button);
  await load(button.dataset.emoji);
  await open.showGroup(0);
  open.panel.showPopover({ source: button });
  open.search.focus();
});
