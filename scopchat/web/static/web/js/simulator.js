// Toy phones stay up to date, and each shows its latest text.
import "./offline.js";

const GATHER = 60;
let gathering = false;

const toEnd = (screen) => (screen.scrollTop = screen.scrollHeight);
// A photo leaves as soon as it is chosen, with what is typed beside it.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-clear] [name=photo]") && event.target.value) event.target.form.requestSubmit();
});

const allToEnd = () => document.querySelectorAll(".toy-screen").forEach(toEnd);

document.addEventListener("simulator", () => {
  if (gathering) return;
  gathering = true;
  setTimeout(async () => {
    gathering = false;
    // Where there is no channel there is no phone, until the page is opened anew.
    if (!document.getElementById("toys")) return;
    const page = document.getElementById("live").dataset.page + location.search;
    await htmx.ajax("GET", page, { source: "#toys", target: "#toys", swap: "innerMorph" });
  }, GATHER);
});

document.addEventListener("htmx:after:swap", allToEnd);
document.addEventListener("htmx:config:request", (event) => {
  const form = event.target.closest?.("[data-clear]");
  for (const field of form?.querySelectorAll("[name=text], [name=photo]") ?? []) field.value = "";
});
allToEnd();
