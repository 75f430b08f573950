// A stream on which nothing comes any more. The server says something every 15 seconds: two times missed is no accident.
const SILENT = 32_000;
const LOOK = 3000;

// Calls `told` whenever it has been silent for too long; `heard` tells of a sign of life, `end` that nobody listens.
export function silence(told) {
  let last = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - last < SILENT) return;
    last = Date.now();
    told();
  }, LOOK);
  return {
    heard: () => {
      last = Date.now();
    },
    end: () => clearInterval(timer),
  };
}
