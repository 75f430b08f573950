"""`./dev check`: every step, even after one failed, and a summary."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from scopchat.ops.checks.steps import STEPS, Outcome, Step


def _timed(step: Step) -> tuple[Outcome, float]:
    started = time.monotonic()
    outcome = step.run()
    return outcome, time.monotonic() - started


def main() -> int:
    """Prints a line per step as it ends, in order; returns 1 if one failed."""
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        running = [(step, pool.submit(_timed, step)) for step in STEPS]
        for step, future in running:
            outcome, seconds = future.result()
            word = "ok" if outcome.passed else "FAILED"
            print(f"{word:<6} {step.name:<20} {seconds:5.1f} s  {outcome.note}".rstrip(), flush=True)
            if not outcome.passed:
                failed.append(step.name)
                print(outcome.output.strip(), flush=True)
    print(
        f"\ncheck: {len(failed)} of {len(STEPS)} steps failed: {', '.join(failed)}" if failed else "\ncheck: all passed"
    )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
