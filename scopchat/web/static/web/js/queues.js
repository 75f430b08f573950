// The list of queues as it is now: fetched anew when the stream tells of a change, at most once a second. While nobody
// looks there is no stream; each that begins says "ready", and what was missed is fetched by that.
import "./offline.js";

const REST = 1000;
const live = document.getElementById("live");
let changed = false;
let busy = false;
let answered = false;

async function follow() {
  if (busy || !changed || document.hidden) return;
  busy = true;
  changed = answered = false;
  await htmx.ajax("GET", live.dataset.page, { source: "#queues", target: "#queues", swap: "innerMorph" });
  changed ||= !answered;
  setTimeout(() => {
    busy = false;
    follow();
  }, REST);
}

for (const name of ["ready", "queues"]) {
  document.addEventListener(name, () => {
    changed = true;
    follow();
  });
}

document.addEventListener("htmx:after:request", (event) => {
  if (event.target.id === "queues") answered = true;
});
