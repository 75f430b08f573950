// Who logs out leaves no drafts to the next person at this screen.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-farewell]")) return;
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("draft:")) localStorage.removeItem(name);
  }
});
