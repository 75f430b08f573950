// The file of contacts: one that is too large is not sent first, and the button says that it is being sent.
document.addEventListener("change", ({ target }) => {
  if (!target.dataset.mostBytes) return;
  const [file] = target.files;
  target.setCustomValidity(file?.size > Number(target.dataset.mostBytes) ? target.dataset.tooLarge : "");
  target.reportValidity();
});

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.sending) return;
  const field = event.target.elements.file;
  if (!field.validity.customError) {
    button.querySelector("span").textContent = button.dataset.sending;
    button.setAttribute("aria-busy", "true");
    // A disabled one sends nothing in some browsers.
    setTimeout(() => (button.disabled = true));
    return;
  }
  event.preventDefault();
  field.reportValidity();
});

// Whoever comes back by the browser's own button finds it as it was.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
