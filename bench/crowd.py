"""Ten companies, two hundred channels, twenty thousand customers: what the measurements work on."""

from __future__ import annotations

from dataclasses import dataclass

from bench import desk

COMPANIES, CHANNELS, CUSTOMERS = 10, 200, 20_000


@dataclass(frozen=True, slots=True)
class Crowd:
    company_ids: list[int]
    provider_id: int
    callback_url: str
    channels: list[tuple[int, int, str, int]]
    """Channel, company, address, shard."""


def customer(n: int) -> str:
    return f"+1514{5550000 + n % CUSTOMERS:07d}"


def make(*, api_base_url: str = "") -> Crowd:
    """Creates the crowd through the services; the operator lends all of them one Twilio account."""
    from django_scopes import scope

    from scopchat.channels.lending import lend_provider
    from scopchat.channels.models import Destination
    from scopchat.channels.services import create_channel, create_provider
    from scopchat.common.clock import utc_now
    from scopchat.queues.services import create_queue
    from scopchat.tenancy.kinds import Kind
    from scopchat.tenancy.services import create_company

    operator = create_company(parent=None, kind=Kind.OPERATOR, name="Bench")
    with scope(company=operator):
        provider = create_provider(
            company=operator,
            kind="twilio",
            name="Bench",
            credentials={"account_sid": desk.SID, "auth_token": desk.TOKEN},
            api_base_url=api_base_url,
        )
    channels, company_ids = [], []
    for c in range(COMPANIES):
        company = create_company(parent=operator, kind=Kind.CLIENT, name=f"Client {c}")
        company_ids.append(company.pk)
        lend_provider(provider=provider, borrower=company, acting=None, now=utc_now())
        with scope(company=company):
            queue = create_queue(company=company, name="Accueil")
            for n in range(CHANNELS // COMPANIES):
                channel = create_channel(
                    company=company,
                    provider=provider,
                    name=f"{c}-{n}",
                    address=f"+1438{5550000 + c * 100 + n:07d}",
                    destination=Destination.QUEUE,
                    queue=queue,
                    throughput=100_000,
                )
                channels.append((channel.pk, company.pk, channel.address, channel.shard))
    return Crowd(company_ids, provider.pk, provider.callback_url, channels)
