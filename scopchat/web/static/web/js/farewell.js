// Who logs out leaves nothing to the next person at this screen: no draft, no other tab, no page behind the back button.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-farewell]")) return;
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("draft:")) localStorage.removeItem(name);
  }
});

// The server decides anew what may be seen; until it has, nothing is.
function askAgain() {
  document.documentElement.hidden = true;
  location.reload();
}

new BroadcastChannel("signed-out").addEventListener("message", askAgain);
window.addEventListener("pageshow", (event) => event.persisted && askAgain());
