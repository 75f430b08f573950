// Dialogs in which one chooses: the button says the choice again, so that nothing has to be read twice.
document.addEventListener("change", ({ target }) => {
  const form = target.closest("[data-repeats]");
  if (!form) return;
  if (target.closest(".choice-more")) form.querySelector('[value="pick"]').checked = true;
  const chosen = form.querySelector("[type=radio]:checked");
  const button = form.querySelector("[data-words]");
  const words = button.querySelector("span");
  words.dataset.plain ??= words.textContent;
  const name = chosen?.dataset.name;
  words.textContent = name ? button.dataset.words.replace("{}", name) : words.dataset.plain;
  button.disabled = !chosen;
  if (document.activeElement.matches("[data-choices]")) button.focus();
});
