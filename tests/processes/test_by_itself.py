"""What happens by itself while workers are killed: each conversation is offered, woken, escalated or closed once."""

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


LEFT_ALONE = 99


def test_what_is_left_alone_moves_on_once_whoever_dies(desk: Desk) -> None:
    """Pauses end; what nobody takes is brought to the managers, and closed after a day with a text.

    Whenever some of it has happened, both workers are killed in the middle of the rest.
    """
    desk.ask("set_up")
    desk.ask("leave_alone", count=LEFT_ALONE)

    def happened() -> int:
        return sum(map(len, desk.ask("became").values()))

    done = [0]
    for _twice in range(2):
        wait_until(lambda: happened() > done[-1], 60, "some have moved on")
        for worker in desk.workers:
            worker.kill()
        done.append(happened())
        for worker in desk.workers:
            worker.start()
        if done[-1] == 3 * LEFT_ALONE:
            break
    print(f"when the workers died: {done[1:]}")
    wait_until(lambda: happened() == 3 * LEFT_ALONE, 60, "all have moved on")
    expected = {"0": [["woken"]] * LEFT_ALONE, "1": [["escalated"]] * LEFT_ALONE, "2": [["ended"]] * LEFT_ALONE}
    assert desk.ask("became") == expected
    assert len(desk.ask("apologies")) == len(set(desk.ask("apologies"))) == LEFT_ALONE
