// Runs before the first paint: people who follow their system get its theme without a flash of the other one.
(() => {
  const root = document.documentElement;
  if (root.dataset.themeChoice !== "system") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", follow);
})();
