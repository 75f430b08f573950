// Whether the server can be heard. A link that is lost or frozen is said and tried again, and so is that it is back.
import { silence } from "./silence.js";

// A stream that is back within this was never gone.
const PATIENCE = 800;

// Phones may sleep: their streams pause while nobody looks. Elsewhere a hidden tab goes on hearing.
const touched = matchMedia("(hover: none) and (pointer: coarse)").matches;
htmx.config.sse = { pauseOnBackground: touched || navigator.userAgentData?.mobile === true };

const banner = () => document.getElementById("lost");
let stream = null;
let open = false;
let waiting = null;

function say() {
  clearTimeout(waiting);
  waiting = null;
  banner().hidden = false;
}

function lost() {
  waiting ??= setTimeout(say, PATIENCE);
}

function back() {
  clearTimeout(waiting);
  waiting = null;
  if (banner().hidden) return;
  banner().hidden = true;
  document.getElementById("toasts").append(document.getElementById("back").content.cloneNode(true));
}

// Does not wait for the next attempt, nor for a connection of which nobody knows whether it outlived the network.
function connectNow() {
  open = false;
  stream?.delayCanceller?.();
  stream?.reader?.cancel();
}

const silent = silence(() => {
  // A stream that pauses has no reader, and one that is lost has been said to be.
  if (!open || !stream.reader) return;
  say();
  connectNow();
});

// The stream was refused, at first or later: the session has ended, or may not look at the company any more.
function refused(status) {
  if (status === 403) location.reload();
  else lost();
}

addEventListener("offline", say);
addEventListener("online", connectNow);

document.addEventListener("htmx:sse:error", (event) => {
  open = false;
  refused(event.detail.status);
});
document.addEventListener("htmx:sse:before:connection", (event) => {
  stream = event.detail.connection;
  if (stream.attempt === 0) return;
  open = false;
  lost();
});
document.addEventListener("htmx:sse:after:connection", () => {
  open = true;
  silent.heard();
  back();
});
document.addEventListener("htmx:sse:before:message", () => {
  silent.heard();
  if (open) back();
});
document.addEventListener("htmx:response:error", (event) => {
  if (event.target.id === "live") refused(event.detail.ctx.response.status);
});
document.addEventListener("htmx:error", (event) => event.detail.ctx && !event.detail.ctx.response && lost());
document.addEventListener("htmx:after:request", (event) => {
  if (event.target.id === "live") return;
  if (open) back();
  else connectNow();
});
