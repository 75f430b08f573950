// A swap style for sorted rows: each goes to its place by `data-order`, greatest first, whether it is new, changed or moved.
htmx.registerExtension("rows", {
  handle_swap(style, target, fragment) {
    if (style !== "rows") return false;
    const focused = document.activeElement?.id;
    const placed = [...fragment.children].map((row) => place(target, row));
    if (focused?.startsWith("row-")) document.getElementById(focused)?.focus({ preventScroll: true });
    return placed;
  },
});

function place(list, row) {
  const order = row.dataset.order;
  const old = document.getElementById(row.id);
  if (old && old.dataset.order === order) {
    old.replaceWith(row);
    return row;
  }
  old?.remove();
  const next = [...list.children].find((other) => other.dataset.order < order);
  list.insertBefore(row, next ?? null);
  return row;
}

// The open conversation's row is marked at once, before the server answers.
export function select(id) {
  for (const row of document.querySelectorAll("#rows [aria-current]")) row.removeAttribute("aria-current");
  document.getElementById(`row-${id}`)?.setAttribute("aria-current", "true");
}

document.addEventListener("htmx:before:request", (event) => {
  if (event.target.matches?.(".row-i")) select(event.target.id.slice(4));
  if (event.target.matches?.(".back")) select("");
});
