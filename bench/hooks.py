"""Hooks accepted and durable by one server process, beside a bare group commit and an ORM view."""

from __future__ import annotations

import hashlib
import statistics
from urllib.parse import urlsplit

import uvloop

from bench import desk, load, peers

ROUNDS = 3
REQUESTS = 30_000
ORM_REQUESTS = 2_000
BAR_BARE, BAR_ORM = 0.6, 8.0


def _requests(url: str, count: int, name: str) -> list[bytes]:
    """Signed callbacks from many customers to many numbers, none twice."""
    from scopchat.channels.providers.twilio.fake import callbacks
    from scopchat.channels.providers.twilio.fake.carrier import TwilioFake

    carrier = TwilioFake(desk.SID, desk.TOKEN)
    made = []
    for n in range(count):
        callback = callbacks.inbound(
            carrier,
            url,
            sender=f"+1514{5550000 + n % 20_000:07d}",
            recipient=f"+1438{5550000 + n % 200:07d}",
            body=f"Bonjour, message {n} de mesure, merci de répondre.",
            sid=f"SM{hashlib.md5(f'{name}{n}'.encode()).hexdigest()}",  # noqa: S324  an id, not a secret
        )
        made.append(load.post(urlsplit(url).path, callback.headers, callback.body))
    return made


def _rate(port: int, requests: list[bytes]) -> load.Outcome:
    outcome = uvloop.run(load.fire(port, requests))
    if outcome.accepted != len(requests):
        raise RuntimeError(f"not all accepted: {outcome.statuses}")
    return outcome


def main() -> bool:
    """Prints both ratios; True when both bars are met and every acknowledged callback is one row."""
    with desk.installation() as public_url:
        from django.db import connection
        from django_scopes import scope

        from scopchat.channels.models import InboundEvent
        from scopchat.channels.services import create_provider
        from scopchat.tenancy.kinds import Kind
        from scopchat.tenancy.services import create_company

        company = create_company(parent=None, kind=Kind.OPERATOR, name="Bench")
        credentials = {"account_sid": desk.SID, "auth_token": desk.TOKEN}
        with scope(company=company):
            provider = create_provider(company=company, kind="twilio", name="Bench", credentials=credentials)
        url = f"{provider.callback_url}/inbound"
        with connection.cursor() as cursor:
            cursor.execute(peers.TABLE)
        port, bare_port, orm_port = int(public_url.rpartition(":")[2]), desk.free_port(), desk.free_port()
        rates: dict[str, list[float]] = {"ours": [], "bare": [], "orm": []}
        slowest: list[float] = []
        with (
            desk.web(public_url),
            desk.running("-m", "bench.peers", "bare", str(bare_port)),
            desk.running("-m", "bench.peers", "orm", str(orm_port)),
        ):
            for server in (bare_port, orm_port):
                desk.wait_for(server)
            for turn in range(ROUNDS):
                requests = _requests(url, REQUESTS, f"a{turn:03d}"[:4])
                rates["bare"].append(_rate(bare_port, requests).rate)
                outcome = _rate(port, requests)
                rates["ours"].append(outcome.rate)
                slowest.append(outcome.percentile(0.99))
                rates["orm"].append(_rate(orm_port, requests[:ORM_REQUESTS]).rate)
            stored = InboundEvent.objects.filter(provider_id=provider.pk).count()
    return _report(rates, slowest, exact=stored == ROUNDS * REQUESTS)


def _report(rates: dict[str, list[float]], slowest: list[float], *, exact: bool) -> bool:
    median = {name: statistics.median(values) for name, values in rates.items()}
    bare, orm = median["ours"] / median["bare"], median["ours"] / median["orm"]
    print(f"hooks   ours {median['ours']:,.0f}/s (p99 {statistics.median(slowest) * 1000:.1f} ms)")
    print(f"        {bare:.2f} of a bare group commit ({median['bare']:,.0f}/s), bar {BAR_BARE}")
    print(f"        {orm:.1f} × an ORM view ({median['orm']:,.0f}/s), bar {BAR_ORM}")
    print(f"        every acknowledged callback is one row: {'yes' if exact else 'NO'}")
    return exact and bare >= BAR_BARE and orm >= BAR_ORM
