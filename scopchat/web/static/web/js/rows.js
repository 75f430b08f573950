// The list: sorted rows that come page by page ("rows") or as they change ("live-rows"), each put in its place if it
// belongs in the view that the page shows. The view's rules are those of the server's InboxView.
import { plain } from "./filter.js";

const FRESH = 5000;
const MOST_NEWS = 3;
const recent = new Map();

const list = () => document.getElementById("rows");
const openThread = () => document.getElementById("thread")?.dataset.id;

function currentView() {
  const form = new FormData(document.getElementById("view"));
  const typed = form.get("q") ?? "";
  const words = /\p{L}/u.test(typed) ? plain(typed).split(/\s+/).filter(Boolean) : [];
  const digits = words.length ? "" : typed.replace(/\D/g, "").slice(0, 20);
  const [view, queue, label] = ["view", "queue", "label"].map((name) => form.get(name));
  return { view, queue, label, words, digits, waiting: form.get("sort") === "waiting" };
}

function belongs({ dataset }, { view, queue, label, words, digits }) {
  const inView = {
    all: true,
    mine: dataset.assignee === list().dataset.person,
    free: dataset.assignee === "",
    paused: dataset.status === "paused",
    escalated: "escalated" in dataset,
  };
  return (
    inView[view] &&
    (!queue || dataset.queue === queue) &&
    (!label || dataset.labels.split(" ").includes(label)) &&
    dataset.number.includes(digits) &&
    words.every((word) => dataset.words.includes(word))
  );
}

const order = ({ dataset }, { waiting }) => (waiting ? `${dataset.waiting}.${dataset.order}` : dataset.order);

// Greatest first, whether the row is new, changed or moved.
function place(row, view) {
  const old = document.getElementById(row.id);
  if (!belongs(row, view)) {
    old?.remove();
    return null;
  }
  if (row.id === `row-${openThread()}`) row.setAttribute("aria-current", "true");
  if (old && order(old, view) === order(row, view)) {
    old.replaceWith(row);
    return row;
  }
  old?.remove();
  const next = [...list().children].find((other) => order(other, view) < order(row, view));
  list().insertBefore(row, next ?? null);
  return row;
}

function placeAll(rows) {
  const focused = document.activeElement?.id;
  const view = currentView();
  const placed = rows.map((row) => place(row, view)).filter(Boolean);
  if (focused?.startsWith("row-")) document.getElementById(focused)?.focus({ preventScroll: true });
  return placed;
}

htmx.registerExtension("rows", {
  handle_swap(style, _target, fragment) {
    if (style !== "rows" && style !== "live-rows") return false;
    const rows = [...fragment.children];
    if (style === "live-rows") {
      announce(rows);
      for (const row of rows) if (isGiven(row) || isEscalated(row)) tell(row);
      for (const row of rows) remember(row.id, row.cloneNode(true));
    }
    return placeAll(rows);
  },
});

// A list that was on its way here when rows changed was drawn before the change: those rows are put over it again.
function remember(id, row) {
  const now = Date.now();
  for (const [other, { at }] of recent) if (now - at > FRESH) recent.delete(other);
  recent.set(id, { at: now, row });
}

document.addEventListener("htmx:after:swap", (event) => {
  if (event.target.id === "live") return;
  const late = [...recent.entries()].filter(([id, { at, row }]) => {
    const shown = document.getElementById(id);
    return Date.now() - at < FRESH && shown?.dataset.changed !== row?.dataset.changed;
  });
  for (const [id] of late.filter(([, { row }]) => !row)) document.getElementById(id)?.remove();
  for (const row of placeAll(late.filter(([, { row }]) => row).map(([, { row }]) => row.cloneNode(true)))) {
    htmx.process(row);
  }
});

document.addEventListener("interactions", (event) => {
  for (const id of JSON.parse(event.detail.data).gone ?? []) {
    remember(`row-${id}`, null);
    document.getElementById(`row-${id}`)?.remove();
  }
});

// Said to who cannot see the list: what a customer wrote, once.
function announce(rows) {
  const place = document.getElementById("announcer");
  const view = currentView();
  const written = rows.filter((row) => {
    const old = document.getElementById(row.id);
    const later = !old || old.dataset.order < row.dataset.order;
    return later && row.matches(".unread") && !row.querySelector(".row-us") && belongs(row, view);
  });
  if (!written.length) return;
  const part = (row, name) => row.querySelector(name).textContent.trim();
  const said = (row) =>
    place.dataset.words.replace("{who}", part(row, ".row-who")).replace("{words}", part(row, ".row-words"));
  place.textContent = written.map(said).join(" ");
}

// What was given to the person is told wherever they are in the list, and to who cannot see it: by a colleague or a queue.
function isGiven({ id, dataset }) {
  const old = document.getElementById(id)?.dataset;
  const mine = (one) => one && "offered" in one && one.assignee === list().dataset.person;
  return mine(dataset) && !mine(old);
}

// What is brought to the managers is told to them.
function isEscalated({ id, dataset }) {
  const managers = "managers" in document.getElementById("announcer").dataset;
  return managers && "escalated" in dataset && !("escalated" in (document.getElementById(id)?.dataset ?? {}));
}

function tell(row) {
  const { given, offered, managers } = document.getElementById("announcer").dataset;
  const part = (name) => row.querySelector(name).textContent.trim();
  const mine = row.dataset.offered === "queue" ? offered.replace("{queue}", part(".row-where bdi")) : given;
  const words = isGiven(row) ? mine : managers;
  const toast = Object.assign(document.createElement("div"), { className: "toast-line" });
  toast.dataset.toast = "news";
  toast.append(
    Object.assign(document.createElement("span"), { textContent: words.replace("{who}", part(".row-who")) }),
  );
  const toasts = document.getElementById("toasts");
  // A crowd of them would cover the page; the view that holds them says the rest.
  const before = toasts.querySelectorAll("[data-toast=news]");
  if (before.length >= MOST_NEWS) before[0].remove();
  toasts.append(toast);
}

// The open conversation's row is marked at once, before the server answers.
export function select(id) {
  for (const row of document.querySelectorAll("#rows [aria-current]")) row.removeAttribute("aria-current");
  document.getElementById(`row-${id}`)?.setAttribute("aria-current", "true");
}

document.addEventListener("htmx:before:request", (event) => {
  if (event.target.matches?.(".row-i")) select(event.target.id.slice(4));
  if (event.target.matches?.(".back")) select("");
});
