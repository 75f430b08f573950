// On a phone: a swipe from the beginning of the line leads back to the list, and the page ends above the keyboard.
const FAR = 80;
const pane = () => document.getElementById("conversation");
const forward = () => (document.dir === "rtl" ? -1 : 1);
let start = null;

// What scrolls sideways itself keeps its swipes.
function scrolls(node) {
  for (let one = node; one && one !== pane(); one = one.parentElement) {
    if (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible") return true;
  }
  return false;
}

function begin({ touches, target }) {
  const back = pane().querySelector(".back");
  if (touches.length > 1 || !back?.checkVisibility() || scrolls(target) || getSelection().type === "Range") return;
  start = { x: touches[0].clientX, y: touches[0].clientY, back };
}

// A swipe is one that goes sideways from its first pixels on.
function move({ touches }) {
  if (!start) return;
  const across = (touches[0].clientX - start.x) * forward();
  const down = Math.abs(touches[0].clientY - start.y);
  if (!start.goes && (down > 10 || across < -10)) start = null;
  else if (across > 10) start.goes = true;
  if (!start?.goes) return;
  start.across = Math.max(0, across);
  pane().style.translate = `${start.across * forward()}px 0`;
}

function end() {
  pane().style.translate = "";
  if (start?.across > FAR) start.back.click();
  start = null;
}

pane().addEventListener("touchstart", begin, { passive: true });
pane().addEventListener("touchmove", move, { passive: true });
pane().addEventListener("touchend", end);
pane().addEventListener("touchcancel", () => {
  start = null;
  end();
});

// Where the browser lays its keyboard over the page instead of making room for it.
const seen = window.visualViewport;
seen?.addEventListener("resize", () => {
  const covered = innerHeight - seen.height * seen.scale > 80;
  document.documentElement.style.setProperty("--seen", covered ? `${seen.height}px` : "");
  if (covered) scrollTo(0, 0);
});
