// Who is there. Of all tabs that look at a company one hears of it, hidden or not, and tells the others; its stream is
// the sign that this person is there, too.
import { silence } from "./silence.js";
import { ring } from "./sound.js";
import { drawTimes } from "./times.js";

const RETRY = 5000;
const { person, home } = document.querySelector("[data-person]").dataset;
const tabs = new BroadcastChannel(`people:${home}`);

const word = (presence) => document.querySelector(`#presence-menu [value="${presence}"]`).textContent.trim();

function draw(id, presence) {
  for (const dot of document.querySelectorAll(`[data-presence="${id}"]`))
    dot.className = `presence presence-${presence}`;
  for (const place of document.querySelectorAll(`[data-presence-word="${id}"]`)) place.textContent = word(presence);
  if (id !== person) return;
  const button = document.querySelector("[data-person]");
  button.setAttribute("aria-label", button.dataset.words.replace("{presence}", word(presence)));
  for (const item of document.querySelectorAll("#presence-menu [value]")) {
    if (item.value === presence) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  }
}

async function drawEveryone(address) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const present = await answer.json();
  const shown = new Set([...document.querySelectorAll("[data-presence]")].map((dot) => dot.dataset.presence));
  for (const id of shown) if (present[id] || id !== person) draw(id, present[id] ?? "offline");
}

function lastSeenNow(id) {
  for (const time of document.querySelectorAll(`[data-seen="${id}"]`)) {
    time.dateTime = new Date().toISOString();
    time.title = "";
  }
  drawTimes();
}

// What changed, or nothing when some of it may have been missed.
function take(news) {
  const place = document.querySelector("[data-presences]");
  for (const [id, presence] of Object.entries(news ?? {})) {
    draw(id, presence);
    if (presence === "offline") lastSeenNow(id);
  }
  if (!news && place) drawEveryone(place.dataset.presences);
}

function spread(news) {
  tabs.postMessage({ news });
  take(news);
}

function open() {
  const stream = new EventSource(`${home}live?people=1`);
  const silent = silence(() => {
    silent.end();
    stream.close();
    open();
  });
  for (const sign of ["open", "beat", "presences", "presence", "arrival"]) stream.addEventListener(sign, silent.heard);
  stream.addEventListener("open", () => spread(null));
  stream.addEventListener("presences", () => spread(null));
  stream.addEventListener("presence", (event) => spread(JSON.parse(event.data)));
  stream.addEventListener("arrival", () => ring().catch(() => tabs.postMessage({ ring: true })));
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    silent.end();
    refused();
  });
}

// Where the session has ended, or the company may not be looked at any more, nothing of it stays on the screen.
async function refused() {
  const page = await fetch(home, { method: "HEAD" }).catch(() => null);
  const elsewhere = page?.ok && new URL(page.url).pathname !== `${home}messages/`;
  if (elsewhere || page?.status === 404) location.reload();
  else setTimeout(open, RETRY);
}

tabs.addEventListener("message", ({ data }) => {
  if ("news" in data) take(data.news);
  else if (data.ring) ring().catch(() => {});
});

take(null);
const hold = () => new Promise(open);
if (navigator.locks) navigator.locks.request(`people:${home}`, hold);
else hold();
