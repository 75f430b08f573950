// A lost connection is said, and unsaid when it is back.
const banner = () => document.getElementById("lost");
let waiting = null;

function lost() {
  waiting ??= setTimeout(() => (banner().hidden = false), 800);
}

function back() {
  clearTimeout(waiting);
  waiting = null;
  banner().hidden = true;
}

document.addEventListener("htmx:sse:error", (event) => {
  // The session has ended, here or elsewhere: nothing of it stays on the screen.
  if (event.detail.status === 403) location.reload();
  else lost();
});
document.addEventListener("htmx:sse:before:connection", (event) => {
  if (event.detail.connection.attempt > 0 && !document.hidden) lost();
});
document.addEventListener("htmx:sse:after:connection", back);
document.addEventListener("htmx:response:error", (event) => event.target.id === "live" && lost());
document.addEventListener("htmx:error", (event) => event.detail.ctx && !event.detail.ctx.response && lost());
document.addEventListener("htmx:after:request", (event) => event.target.id !== "live" && back());
