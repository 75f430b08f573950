"""A mass send while everything dies: no number is texted twice, and every recipient is accounted for."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.processes import carrier as carriers
from tests.processes.carrier import Carrier
from tests.processes.desk import Desk, installation, wait_until

pytestmark = pytest.mark.processes

RECIPIENTS = 4_000
DEATHS = 4
SETTLED = {"sent", "delivered", "failed", "unknown"}


@pytest.fixture(scope="module")
def carrier() -> Iterator[Carrier]:
    with carriers.serving() as carrier:
        yield carrier


@pytest.fixture
def desk(carrier: Carrier) -> Iterator[Desk]:
    with installation(carrier.url) as desk:
        carrier.ports = desk.ports
        desk.ask("set_up")
        yield desk


def test_nobody_is_texted_twice_and_nobody_is_forgotten(desk: Desk, carrier: Carrier) -> None:
    mass_send = desk.ask("write_mass_send", first=5_000_000, count=RECIPIENTS)
    wait_until(lambda: desk.ask("mass_send_stands", mass_send=mass_send)["state"] == "ready", 60, "prepared")
    desk.ask("steer", mass_send=mass_send, verb="confirm")
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    luck = random.Random(seed)
    for death in range(DEATHS):
        before = len(carrier.fake.texts)
        more = min(RECIPIENTS // (2 * DEATHS), RECIPIENTS - before - 1)
        wait_until(lambda: len(carrier.fake.texts) > before + more, 60, "it goes on")  # noqa: B023  waited for here
        # In turn, so that each dies: whoever holds the channel's work is one of the workers.
        victims = ([desk.postgres], desk.workers, [luck.choice(desk.webs)])[death % 3]
        print(f"after {len(carrier.fake.texts)}")
        for victim in victims:
            victim.kill()
        time.sleep(luck.uniform(0.0, 0.5))
        for victim in victims:
            victim.start()

    def stands() -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = desk.ask("mass_send_stands", mass_send=mass_send)
        return found

    wait_until(
        lambda: set(stands()["messages"]) <= SETTLED and stands()["waiting"] == 0, 120, "everybody has had a turn"
    )
    found = stands()
    print(found)
    taken = Counter(text.recipient for text in carrier.fake.texts.values())
    statuses = desk.ask("mass_texts", mass_send=mass_send)
    certain = {number for number, status in statuses.items() if status in {"sent", "delivered"}}
    assert set(taken.values()) == {1}
    assert len(statuses) == RECIPIENTS == found["taken"]
    assert certain <= set(taken) <= set(statuses)
    assert {number for number, status in statuses.items() if status == "failed"} == set()
    # Its sums are those of its texts, and its recipients' states add up.
    assert {name: number for name, number in found["sums"].items() if number} == found["messages"]
    assert sum(found["recipients"].values()) == RECIPIENTS
    assert found["state"] == "ended"


def test_talk_goes_on_and_a_cancelled_send_ends(desk: Desk, carrier: Carrier) -> None:
    """While a mass send has the whole channel, an answer leaves before what is left of it; the rest is cancelled."""
    carrier.forget()
    mass_send = desk.ask("write_mass_send", first=6_000_000, count=RECIPIENTS)
    wait_until(lambda: desk.ask("mass_send_stands", mass_send=mass_send)["state"] == "ready", 60, "prepared")
    desk.ask("steer", mass_send=mass_send, verb="confirm")
    wait_until(lambda: len(carrier.fake.texts) > 200, 30, "under way")
    desk.ask("queue", keys=["0"])
    took = wait_until(lambda: bool(carrier.taken()), 8, "the answer left")
    print(f"left after {took:.1f} s")
    desk.ask("steer", mass_send=mass_send, verb="cancel")
    wait_until(lambda: set(desk.ask("mass_texts", mass_send=mass_send).values()) <= SETTLED, 30, "settled")
    found = desk.ask("mass_send_stands", mass_send=mass_send)
    assert found["state"] == "cancelled"
    assert found["taken"] + found["waiting"] == RECIPIENTS
    texted = Counter(text.recipient for text in carrier.fake.texts.values() if text.body == "Rappel")
    assert set(texted.values()) == {1}
    assert len(texted) == found["taken"] < RECIPIENTS
