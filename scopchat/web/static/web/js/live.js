// What others do appears here: notices name what changed, and one request at a time fetches it.
const GATHER = 60;
const RETRY = 2000;
const ids = new Set();
const marks = new Set();
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
  schedule();
});

document.addEventListener("marks", (event) => {
  for (const id of JSON.parse(event.detail.data).ids) marks.add(String(id));
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
