"""A queue gives out what comes while its workers are killed: each conversation is offered once."""

from __future__ import annotations

import pytest

from tests.processes.desk import Desk, wait_until

pytestmark = pytest.mark.processes

BATCH = 20
BATCHES = 6


def test_each_is_offered_once_whichever_worker_dies(desk: Desk) -> None:
    """Both workers are killed in the middle of it, one after the other, and once neither is there."""
    desk.ask("distribute")
    one, other = desk.workers
    steps = {1: one.kill, 2: other.kill, 3: one.start, 4: one.kill, 5: other.start}
    try:
        for batch in range(BATCHES):
            desk.ask("write_many", first=batch * BATCH, count=BATCH)
            steps.pop(batch, lambda: None)()
    finally:
        for worker in desk.workers:
            if not worker.runs:
                worker.start()

    def all_are() -> bool:
        desk.ask("write_many", first=0, count=0)
        return len(desk.ask("offered")) == BATCH * BATCHES

    wait_until(all_are, 60, "every conversation offered")
    assert desk.ask("offered") == [["offered"]] * (BATCH * BATCHES)
