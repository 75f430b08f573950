// Short lists of buttons, or lines, narrowed by what is typed above them, without regard to case or accents.
export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

document.addEventListener("input", (event) => {
  const list = document.querySelector(event.target.dataset?.filter || null);
  if (!list) return;
  const wanted = plain(event.target.value.trim());
  let found = 0;
  for (const item of list.querySelectorAll(".pop-item, [data-item]")) {
    item.hidden = !plain(item.textContent).includes(wanted);
    found += !item.hidden;
  }
  list.querySelector(".pop-none").hidden = found > 0;
});
