"""A distributor with a provider and a channel to lend, above the cast's clients."""

from __future__ import annotations

from dataclasses import dataclass

from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.channels.models import Channel, Destination, Loan, Provider
from scopchat.channels.services import create_channel, create_provider
from tests.cast import PASSWORD, Cast

SECRET = "tres-secret-1234567890"
ACCOUNT = {"account_sid": "AC" + "1" * 32, "auth_token": SECRET}
API = "https://api.eu1.exemple.test"


@dataclass(frozen=True, slots=True)
class Lender:
    """What the distributor has."""

    admin: User
    provider: Provider
    channel: Channel


def make_lender(cast: Cast) -> Lender:
    """The distributor's administrator, their Twilio account and their number on it."""
    admin = create_user(
        company=cast.distributor, username="nadine", email="nadine@exemple.test", display_name="Nadine Lavoie",
        role=Role.RESELLER_ADMIN, password=PASSWORD,
    )  # fmt: skip
    with scope(company=cast.distributor):
        provider = create_provider(
            company=cast.distributor, kind="twilio", name="Twilio Nord", credentials=ACCOUNT, api_base_url=API
        )
        channel = create_channel(
            company=cast.distributor, provider=provider, name="Promotions", address="+14385550170",
            destination=Destination.USERS, users=[admin], throughput=20,
        )  # fmt: skip
    return Lender(admin, provider, channel)


def channel_on(provider: Provider, cast: Cast, address: str = "+14385550171") -> Channel:
    """The client's own channel on a provider that is lent to it."""
    with scope(company=cast.client):
        return create_channel(
            company=cast.client, provider=provider, name="Emprunté", address=address, destination=Destination.QUEUE,
            queue=cast.queue,
        )  # fmt: skip


def fresh[M: (Channel, Loan)](thing: M) -> M:
    with scope(company=thing.company_id):
        return type(thing).objects.get(pk=thing.pk)


def channel_by(loan: Loan) -> Channel:
    """The borrower's channel by a loan of one."""
    with scope(company=loan.borrower_id):
        return Channel.objects.select_related("company", "loan__company", "provider").get(loan=loan)
