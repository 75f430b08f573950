"""The database goes away, with a word or without, and comes back: what is said meanwhile, how soon all works again."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from typing import Any

import pytest

from scopchat.channels.providers.twilio.fake import callbacks
from tests.processes import carrier as carriers
from tests.processes.carrier import Carrier
from tests.processes.desk import Desk, installation, ready, wait_until

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def carrier() -> Iterator[Carrier]:
    with carriers.serving() as carrier:
        yield carrier


@pytest.fixture(scope="module")
def desk(carrier: Carrier) -> Iterator[Desk]:
    with installation(carrier.url, wired=True) as desk:
        carrier.ports = desk.ports[:1]
        yield desk


@pytest.fixture(scope="module")
def facts(desk: Desk) -> dict[str, Any]:
    return desk.ask("set_up")  # type: ignore[no-any-return]


def page(port: int) -> tuple[int, str, float]:
    """The status, the words and the seconds of the sign-in page, as a browser in French asks for it."""
    connection, began = http.client.HTTPConnection("127.0.0.1", port, timeout=30), time.monotonic()
    try:
        connection.request("GET", "/account/login/", headers={"accept": "text/html", "accept-language": "fr-CA"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), time.monotonic() - began
    finally:
        connection.close()


def all_the_way_round(desk: Desk, carrier: Carrier, facts: dict[str, Any], number: int) -> None:
    """A text comes in and is stored, another is written and taken by the carrier."""
    sid = f"SM{number:032x}"
    text = callbacks.inbound(
        carrier.fake, f"{facts['callback_url']}/inbound",
        sender="+18195550000", recipient=facts["addresses"][0], body=str(number), sid=sid,
    )  # fmt: skip
    carrier.bring(text, sid)
    wait_until(lambda: sid in desk.ask("inbound"), 30, "the text was stored")
    desk.ask("queue", keys=[str(number)])
    wait_until(lambda: carrier.taken()[f"Message {number}"] == 1, 30, "the answer was taken")


def test_a_database_that_stops_is_said_at_once_and_missed_no_longer_than_it_is_away(
    desk: Desk, carrier: Carrier, facts: dict[str, Any]
) -> None:
    all_the_way_round(desk, carrier, facts, 1)
    desk.postgres.kill()
    stopped = time.monotonic()
    wait_until(lambda: page(desk.ports[0])[0] == 503, 3, "the page says so")
    for _time in range(20):
        status, words, seconds = page(desk.ports[0])
        assert (status, seconds < 1) == (503, True)
    assert "De retour dans un instant" in words
    assert '<meta http-equiv="refresh" content="3">' in words
    assert not ready(desk.ports[0])
    # Who starts meanwhile waits for the database as the others do.
    for process in (desk.webs[0], desk.workers[0]):
        process.kill()
        process.start()
    wait_until(lambda: desk.answers(desk.ports[0]), 15, "the server started without its database")
    time.sleep(max(0.0, stopped + 20 - time.monotonic()))

    desk.postgres.start()
    back = time.monotonic()
    wait_until(lambda: page(desk.ports[0])[0] == 200, 5, "pages are back")
    all_the_way_round(desk, carrier, facts, 2)
    took = time.monotonic() - back
    print(f"all the way round {took:.1f} s after the database was back")
    assert took < 5
    assert set(carrier.taken().values()) == {1}


def test_connections_that_swallow_everything_are_given_up_within_twenty_seconds(
    desk: Desk, carrier: Carrier, facts: dict[str, Any]
) -> None:
    all_the_way_round(desk, carrier, facts, 3)
    assert desk.wire is not None
    assert desk.wire.cut() > 10
    cut = time.monotonic()
    all_the_way_round(desk, carrier, facts, 4)
    wait_until(lambda: page(desk.ports[0])[0] == 200, 20, "pages are back")
    took = time.monotonic() - cut
    print(f"all the way round {took:.1f} s after the cut")
    assert took < 20
    assert set(carrier.taken().values()) == {1}
