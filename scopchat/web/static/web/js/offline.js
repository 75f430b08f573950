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

// The stream was refused, at first or later: the session has ended, or may not look at the company any more.
function refused(status) {
  if (status === 403) location.reload();
  else lost();
}

document.addEventListener("htmx:sse:error", (event) => refused(event.detail.status));
document.addEventListener("htmx:sse:before:connection", (event) => {
  if (event.detail.connection.attempt > 0 && !document.hidden) lost();
});
document.addEventListener("htmx:sse:after:connection", back);
document.addEventListener("htmx:response:error", (event) => {
  if (event.target.id === "live") refused(event.detail.ctx.response.status);
});
document.addEventListener("htmx:error", (event) => event.detail.ctx && !event.detail.ctx.response && lost());
document.addEventListener("htmx:after:request", (event) => event.target.id !== "live" && back());
