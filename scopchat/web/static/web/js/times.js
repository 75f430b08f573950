// Times in lists as people say them: now, 5 min, 3 h, then the day. Drawn here so that the server's rows serve everyone.
const language = document.documentElement.lang;
const short = (unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" });
const minutes = short("minute");
const hours = short("hour");
const weekday = new Intl.DateTimeFormat(language, { weekday: "short" });
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const now = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");

// Of what is over by now, "now" would be wrong: "il y a 1 min" is the least.
const past = new Intl.RelativeTimeFormat(language, { style: "short" });

function since(at) {
  const passed = (Date.now() - at) / 60_000;
  if (passed < 60) return past.format(-Math.max(1, Math.floor(passed)), "minute");
  return passed < 24 * 60 ? past.format(-Math.floor(passed / 60), "hour") : ago(at);
}

function ago(at, least = now) {
  const passed = (Date.now() - at) / 60_000;
  if (passed < 1) return least;
  if (passed < 60) return minutes.format(Math.floor(passed));
  if (passed < 24 * 60) return hours.format(Math.floor(passed / 60));
  return passed < 6 * 24 * 60 ? weekday.format(at) : day.format(at);
}

// By what the page asks for: when it was, when it ended, since when it lasts.
const words = { "": ago, past: since, lasting: (at) => ago(at, minutes.format(1)) };

export function drawTimes() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const at = new Date(time.dateTime);
    const text = words[time.dataset.ago](at);
    if (time.textContent !== text) time.textContent = text;
    if (!time.title) time.title = whole.format(at);
  }
}

drawTimes();
setInterval(drawTimes, 30_000);
document.addEventListener("htmx:after:swap", drawTimes);
