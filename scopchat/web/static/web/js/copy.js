// Buttons that copy the field beside them, or a text of their own, and say so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-text]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field?.select();
  await navigator.clipboard?.writeText(field ? field.value : button.dataset.copyText);
  const words = button.querySelector("span");
  const before = words.textContent;
  words.textContent = button.dataset.copied;
  setTimeout(() => (words.textContent = before), 2000);
});
