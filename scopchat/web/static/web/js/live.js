// The open thread and, when too much changed to be shown row by row, the list: fetched one request at a time.
const GATHER = 60;
const SPREAD = 1000;
const RETRY = 2000;
const FRESH = 5000;
const noticed = new Map();
let shown = null;
let changed = false;
let everything = false;
let timer = null;
let busy = false;
let answered = false;

const live = () => document.getElementById("live");
const thread = () => document.getElementById("thread")?.dataset.id;

// A thread that is fetched is read by that: in a hidden tab it waits until somebody looks again.
const due = () => everything || (changed && !document.hidden);

// Everyone is told to draw the list anew at the same moment: they ask for it one after another.
function schedule() {
  if (busy || timer || !due()) return;
  timer = setTimeout(fetchChanges, GATHER + (everything ? Math.random() * SPREAD : 0));
}

async function fetchChanges() {
  timer = null;
  const list = everything;
  const open = document.hidden ? null : document.getElementById("thread");
  everything = false;
  changed &&= document.hidden;
  busy = true;
  const whole = (!open || (await fetchThread(open))) && (!list || (await fetchList()));
  busy = false;
  if (whole) {
    schedule();
  } else {
    changed = true;
    everything = list;
    timer = setTimeout(fetchChanges, RETRY);
  }
}

async function ask(method, address, values = {}) {
  answered = false;
  await htmx.ajax(method, address, { source: "#page", swap: "none", values });
  return answered;
}

const fetchThread = (open) => ask("POST", open.dataset.look, { from: document.getElementById("from")?.value ?? "" });

function fetchList() {
  const query = new URLSearchParams(new FormData(document.getElementById("view")));
  query.set("thread", thread() ?? "");
  return ask("GET", `${live().dataset.anew}?${query}`);
}

document.addEventListener("htmx:after:request", (event) => {
  if (event.target.id === "page") answered = true;
});

document.addEventListener("interactions", (event) => {
  const { threads, list } = JSON.parse(event.detail.data);
  const ids = [threads].flat().map(String);
  const now = Date.now();
  for (const [id, at] of noticed) if (now - at > FRESH) noticed.delete(id);
  for (const id of ids) noticed.set(id, now);
  if (list) everything = true;
  if (ids.includes(thread()) || threads === "all") changed = true;
  schedule();
});

// What the stream has not told of, because it was away or not there yet: a text's way to the customer is no change of
// its conversation's row, so the server cannot tell whether there was any.
document.addEventListener("ready", () => {
  if (!thread()) return;
  changed = true;
  schedule();
});
document.addEventListener("visibilitychange", schedule);

// A thread that was on its way here when it changed was drawn before the change: it is fetched once more.
document.addEventListener("htmx:after:swap", () => {
  const open = thread();
  if (open === shown) return;
  shown = open;
  const heard = Math.max(noticed.get(open) ?? 0, noticed.get("all") ?? 0);
  if (!open || Date.now() - heard > FRESH) return;
  changed = true;
  schedule();
});

// The extension reconnects what was once connected; the very first attempt is repeated here.
for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, (event) => {
    if (event.target !== live() || live()._htmx?.sse) return;
    setTimeout(() => htmx.ajax("GET", live().getAttribute("hx-sse:connect"), { source: live(), swap: "none" }), RETRY);
  });
}
