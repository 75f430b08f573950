"""Connections whose other side has gone without a word: how soon they end, and how soon their person is offline."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scopchat.accounts import presence
from scopchat.accounts.models import User
from scopchat.ops import web
from tests.cast import Cast

LOST_AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_connections_inherit_that_lost_ones_are_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        web.give_up_lost_connections(bound)
        with socket.create_connection(bound.getsockname()), bound.accept()[0] as accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == web.QUIET_SECONDS
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == web.PROBE_SECONDS
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == web.CONFIRM_SECONDS * 1000


PHASE = st.floats(0, 10, allow_nan=False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first_sign=PHASE, first_look=PHASE)
def test_who_loses_the_network_without_a_word_is_offline_within_45_seconds(
    cast: Cast, first_sign: float, first_look: float
) -> None:
    """Whenever the signs of life and the job's looks fall."""

    def at(seconds: float) -> datetime:
        return LOST_AT + timedelta(seconds=seconds)

    presence.arrive(person=cast.agent, now=LOST_AT)
    signs = [(first_sign + presence.SIGN_SECONDS * turn, presence.keep) for turn in range(5)]
    looks = [(first_look + presence.LOOK_SECONDS * turn, presence.settle) for turn in range(5)]
    for seconds, act in sorted([*signs, *looks], key=lambda each: each[0]):
        if act is presence.settle:
            presence.settle(now=at(seconds))
        elif seconds <= web.LOST_SECONDS:
            presence.keep([cast.agent.pk], now=at(seconds))
        if User.objects.get(pk=cast.agent.pk).presence == "offline":
            assert web.LOST_SECONDS < seconds <= 45
            return
    raise AssertionError("still online")
