"""Parts of a running desk are killed and frozen under load, and everything is counted."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from scopchat.channels.providers.twilio.fake import callbacks
from tests.processes import carrier as carriers
from tests.processes.carrier import Carrier
from tests.processes.desk import Desk, installation, ready, wait_until

pytestmark = pytest.mark.processes

TEXTS = 2_000
"""So many come in."""
CUSTOMERS = 50
ROUND = 40
LEAST_WRITTEN = 600
LEAVING = 40
"""Customers who leave the mass sends meanwhile."""
PAUSE = 0.45
"""Seconds between two texts of a customer, and two rounds of ours: the streams last as long as the trouble."""
SETTLED = {"sent", "delivered", "unknown", "failed"}


@pytest.fixture(scope="module")
def carrier() -> Iterator[Carrier]:
    with carriers.serving() as carrier:
        yield carrier


@pytest.fixture(scope="module")
def desk(carrier: Carrier) -> Iterator[Desk]:
    with installation(carrier.url) as desk:
        carrier.ports = desk.ports
        yield desk


@pytest.fixture
def facts(desk: Desk, carrier: Carrier) -> dict[str, object]:
    carrier.forget()
    facts: dict[str, object] = desk.ask("set_up")
    return facts


def inbound_stream(carrier: Carrier, facts: dict[str, object], pause: float = PAUSE) -> None:
    """Customers text, each in order, all at once, until everything is acknowledged."""

    def one_customer(customer: int) -> None:
        for n in range(customer, TEXTS, CUSTOMERS):
            sid = f"SM{n:032x}"
            callback = callbacks.inbound(
                carrier.fake,
                f"{facts['callback_url']}/inbound",
                sender=writing(customer),
                recipient=facts["addresses"][customer % 8],  # type: ignore[index]
                body=str(n),
                sid=sid,
            )
            carrier.bring(callback, sid)
            time.sleep(pause)

    with ThreadPoolExecutor(CUSTOMERS) as pool:
        list(pool.map(one_customer, range(CUSTOMERS)))


def writing(customer: int) -> str:
    return f"+1819{5550000 + customer:07d}"


def leaving(number: int) -> str:
    return f"+1418{5550000 + number:07d}"


def leaving_stream(carrier: Carrier, facts: dict[str, object]) -> None:
    """One customer after the other leaves the mass sends, by a word that the carrier leaves to us."""
    for number in range(LEAVING):
        sid = f"SM{TEXTS + number:032x}"
        address = facts["addresses"][number % 8]  # type: ignore[index]
        callback = callbacks.inbound(
            carrier.fake, f"{facts['callback_url']}/inbound", sender=leaving(number), recipient=address, body="ARRET",
            sid=sid,
        )  # fmt: skip
        carrier.bring(callback, sid)
        time.sleep(PAUSE)


def outbound_stream(desk: Desk, over: threading.Event) -> int:
    """People write, a few texts at a time, again when the database was away, until the trouble is over; how many."""
    written, due = 0, time.monotonic()
    while written < LEAST_WRITTEN or not over.is_set():
        try:
            desk.ask("queue", keys=[str(n) for n in range(written, written + ROUND)])
        except RuntimeError:
            time.sleep(0.2)
            continue
        written += ROUND
        due += PAUSE
        time.sleep(max(0.0, due - time.monotonic()))
    return written


def chaos(desk: Desk, luck: random.Random) -> None:
    """Kills each part in turn and starts it again, while a worker stays frozen past its heartbeat and then goes on."""
    frozen, other = luck.sample(desk.workers, 2)
    time.sleep(luck.uniform(0.5, 2.0))
    frozen.send(signal.SIGSTOP)
    thawing = threading.Timer(14, frozen.send, (signal.SIGCONT,))
    thawing.start()
    for victim in (luck.choice(desk.webs), other, desk.postgres, luck.choice(desk.webs), other, desk.postgres):
        time.sleep(luck.uniform(0.5, 2.0))
        victim.kill()
        time.sleep(luck.uniform(0.0, 1.0))
        victim.start()
    thawing.join()
    time.sleep(luck.uniform(0.5, 1.5))
    frozen.kill()
    frozen.start()


def test_nothing_is_lost_and_nothing_is_doubled(desk: Desk, carrier: Carrier, facts: dict[str, object]) -> None:
    desk.ask("nobody_answers")
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    over = threading.Event()
    with ThreadPoolExecutor(3) as streams:
        inbound, outbound = streams.submit(inbound_stream, carrier, facts), streams.submit(outbound_stream, desk, over)
        left = streams.submit(leaving_stream, carrier, facts)
        try:
            chaos(desk, random.Random(seed))
        finally:
            over.set()
        inbound.result(240)
        left.result(240)
        written = outbound.result(240)

    wait_until(lambda: desk.ask("journal").get("pending", 0) == 0, 60, "journal routed")
    wait_until(lambda: set(desk.ask("outbound").values()) <= SETTLED, 90, "outbox settled")
    stored = desk.ask("inbound")
    assert sorted(stored) == [f"SM{n:032x}" for n in range(TEXTS + LEAVING)]
    for customer, texts in desk.ask("threads").items():
        assert texts == (["ARRET"] if customer.startswith("+1418") else sorted(texts, key=int))

    taken, statuses = carrier.taken(), desk.ask("outbound")
    assert len(statuses) == written >= LEAST_WRITTEN
    assert set(taken.values()) == {1}
    certain = {text for text, status in statuses.items() if status in {"sent", "delivered"}}
    unknown = {text for text, status in statuses.items() if status == "unknown"}
    print(f"sent {len(certain)}, unknown {len(unknown)}, taken {len(taken)}")
    assert certain <= set(taken)
    assert set(taken) <= certain | unknown
    assert len(certain | unknown) == written
    everybody_was_replied_to_once(desk, carrier)


def everybody_was_replied_to_once(desk: Desk, carrier: Carrier) -> None:
    """Whoever leaves is confirmed once, and whoever writes is told once that nobody is there."""
    wait_until(lambda: len(desk.ask("confirmations")) >= LEAVING + CUSTOMERS, 30, "everybody replied to")
    wait_until(lambda: {status for _to, status in desk.ask("confirmations")} <= SETTLED, 60, "replies settled")
    confirmed, told = carrier.confirmed(), dict(desk.ask("confirmations"))
    assert sorted(to for to, _status in desk.ask("confirmations")) == sorted(
        [*map(leaving, range(LEAVING)), *map(writing, range(CUSTOMERS))]
    )
    assert set(confirmed.values()) == {1}
    assert {to for to, status in told.items() if status != "unknown"} <= set(confirmed) <= set(told)


def test_a_dead_workers_work_goes_on_elsewhere_within_fifteen_seconds(
    desk: Desk, carrier: Carrier, facts: dict[str, object]
) -> None:
    stream = threading.Thread(target=inbound_stream, args=(carrier, facts))
    stream.start()
    wait_until(lambda: len(carrier.acknowledged) > 300, 60, "stream under way")
    desk.workers[0].kill()
    before = set(carrier.acknowledged)
    took = wait_until(lambda: before <= set(desk.ask("inbound")), 15, "the dead worker's shards were taken over")
    print(f"taken over in {took:.1f} s")
    stream.join(120)
    assert ready(desk.ports[1])


def test_receipts_of_any_order_end_at_delivered(desk: Desk, carrier: Carrier, facts: dict[str, object]) -> None:
    desk.ask("queue", keys=[str(n) for n in range(100)])
    wait_until(lambda: len(carrier.fake.texts) == 100, 30, "handed over")
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(carrier.report, list(carrier.fake.texts.values())))
    wait_until(lambda: set(desk.ask("outbound").values()) == {"delivered"}, 30, "delivered")
