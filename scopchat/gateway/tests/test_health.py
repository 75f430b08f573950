"""Who may ask how the installation is."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from scopchat.gateway.health import healthz, metrics, readyz

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "monitor-token"


async def status(probe: Any, *, client: tuple[str, int] | None, **headers: str) -> int:
    """What the probe answers to a peer with these headers."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await probe({"type": "http", "client": client, "headers": told}, None, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize("probe", [metrics, readyz])
async def test_without_a_token_this_machine_alone_may_ask(probe: Any) -> None:
    answer = 200 if probe is metrics else 503
    assert await status(probe, client=("127.0.0.1", 1)) == answer
    assert await status(probe, client=("::1", 1)) == answer
    assert await status(probe, client=("203.0.113.7", 1)) == 403
    assert await status(probe, client=None) == 403


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "via", "x_real_ip", "x_forwarded_proto"])
async def test_what_a_proxy_passes_on_is_not_from_here(header: str) -> None:
    assert await status(metrics, client=("127.0.0.1", 1), **{header: "127.0.0.1"}) == 403


@pytest.mark.parametrize("probe", [metrics, readyz])
async def test_with_a_token_nothing_else_counts(probe: Any, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    away, near = ("203.0.113.7", 1), ("127.0.0.1", 1)
    assert await status(probe, client=away, authorization=f"Bearer {TOKEN}") != 403
    for given in ("", "Bearer ", "Bearer wrong", TOKEN):
        assert await status(probe, client=near, authorization=given) == 403


async def test_whether_it_lives_anybody_may_ask() -> None:
    assert await status(healthz, client=("203.0.113.7", 1), x_forwarded_for="1.2.3.4") == 200
