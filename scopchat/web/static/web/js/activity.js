// Input in any tab of this browser is told to the server every few minutes, so that nobody who works is shown as away.
// The tabs share when it was and what was told.
const EVERY = 240_000;
const PRECISION = 5000;
const { person } = document.querySelector("[data-person]").dataset;
const INPUT = `input:${person}`;
const TOLD = `input-told:${person}`;

const kept = (name) => Number(localStorage.getItem(name) ?? 0);

function tell() {
  const input = kept(INPUT);
  if (input <= kept(TOLD) || Date.now() - kept(TOLD) < EVERY) return;
  localStorage.setItem(TOLD, input);
  const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  const ago = Math.max(0, Math.round((Date.now() - input) / 1000));
  fetch("/me/activity/", { method: "POST", headers, body: new URLSearchParams({ ago }) }).catch(() => {});
}

function noticed() {
  if (Date.now() - kept(INPUT) < PRECISION) return;
  localStorage.setItem(INPUT, Date.now());
  tell();
}

for (const name of ["pointerdown", "pointermove", "keydown", "wheel"]) {
  document.addEventListener(name, noticed, { passive: true });
}
noticed();
setInterval(tell, 30_000);
