// How many texts are unread, in the tab's title: it is seen, and read out, while another tab is open.
const badge = () => document.getElementById("menu-unread");

function count() {
  const unread = badge()?.hidden === false ? Number.parseInt(badge().textContent, 10) : 0;
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = unread ? `(${unread}) ${title}` : title;
}

count();
new MutationObserver(count).observe(document.getElementById("menu"), { childList: true, subtree: true });
