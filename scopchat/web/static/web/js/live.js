// What others do appears here: notices name what changed, and one request at a time fetches it.
const GATHER = 60;
const RETRY = 2000;
const ids = new Set();
const marks = new Set();
const noticed = new Map();
const FRESH = 5000;
let shown = null;
let everything = false;
let timer = null;
let busy = false;
let answered = false;

const live = () => document.getElementById("live");
const thread = () => document.getElementById("thread")?.dataset.id;

function schedule() {
  if (busy || timer) return;
  timer = setTimeout(fetchChanges, GATHER);
}

async function fetchChanges() {
  timer = null;
  const open = thread();
  if (open && marks.has(open)) ids.add(open);
  marks.clear();
  if (!everything && !ids.size) return;
  const query = new URLSearchParams(new FormData(document.getElementById("view")));
  query.set("ids", [...ids].join());
  if (everything) query.set("all", "1");
  if (open) {
    query.set("thread", open);
    query.set("from", document.getElementById("from")?.value ?? "");
  }
  ids.clear();
  everything = false;
  busy = true;
  answered = false;
  await htmx.ajax("GET", `${live().dataset.changes}?${query}`, { source: "#page", swap: "none" });
  busy = false;
  if (!answered) {
    everything = true;
    timer = setTimeout(fetchChanges, RETRY);
  } else if (ids.size || everything) {
    schedule();
  }
}

document.addEventListener("htmx:after:request", (event) => {
  if (event.target.id === "page") answered = true;
});

document.addEventListener("interactions", (event) => {
  const notice = JSON.parse(event.detail.data);
  if (notice.all) everything = true;
  for (const id of notice.ids ?? []) ids.add(id);
  remember(notice.all ? ["all"] : notice.ids);
  schedule();
});

function remember(heard) {
  const now = Date.now();
  for (const [id, at] of noticed) if (now - at > FRESH) noticed.delete(id);
  for (const id of heard) noticed.set(String(id), now);
}

// A thread that was on its way here when it changed was drawn before the change: it is fetched once more.
document.addEventListener("htmx:after:swap", () => {
  const open = thread();
  if (open === shown) return;
  shown = open;
  const heard = Math.max(noticed.get(open) ?? 0, noticed.get("all") ?? 0);
  if (!open || Date.now() - heard > FRESH) return;
  ids.add(open);
  schedule();
});

document.addEventListener("marks", (event) => {
  const heard = JSON.parse(event.detail.data).ids;
  for (const id of heard) marks.add(String(id));
  remember(heard);
  if (marks.has(thread())) schedule();
  else marks.clear();
});

// The extension reconnects what was once connected; the very first attempt is repeated here.
for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, (event) => {
    if (event.target !== live() || live()._htmx?.sse) return;
    setTimeout(() => htmx.ajax("GET", live().getAttribute("hx-sse:connect"), { source: live(), swap: "none" }), RETRY);
  });
}
