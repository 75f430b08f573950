"""Changes to providers and channels. `acting` is None where the installation itself makes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import changes, record
from scopchat.channels.hook_tokens import new_hook_token
from scopchat.channels.journal_replay import hand_back
from scopchat.channels.loans import loan_for_channels
from scopchat.channels.models import Channel, Destination, InboundEvent, Provider
from scopchat.channels.providers.registry import adapter_for
from scopchat.channels.shards import shard_of
from scopchat.common.crypto import UnreadableSecrets
from scopchat.common.phones import to_address
from scopchat.common.refusals import Refusal, taken
from scopchat.events.catalogue import AccessChanged
from scopchat.events.publish import publish
from scopchat.queues.models import Queue
from scopchat.queues.services import require_not_closed
from scopchat.tenancy.limits import require_room
from scopchat.tenancy.models import Company
from scopchat.tenancy.resources import Resource

HOOK = ("hook_token", "hook_digest")


class AddressTaken(Refusal):
    """A channel of the provider that is in use has the address."""

    code, field = "address_taken", "address"

    def __init__(self) -> None:
        super().__init__(_("A channel of this provider has this number already."))


@transaction.atomic
def create_provider(
    *,
    company: Company,
    kind: str,
    name: str,
    credentials: Mapping[str, str],
    api_base_url: str = "",
    acting: User | None = None,
) -> Provider:
    """A carrier account of `company`. An empty address means the carrier's own."""
    provider: Provider = Provider.objects.create(
        company=company,
        kind=kind,
        name=name,
        credentials=dict(credentials),
        api_base_url=api_base_url or adapter_for(kind).default_api_base_url,
    )
    details = {"carrier": adapter_for(kind).title, "api_base_url": provider.api_base_url}
    record(verb=Verb.PROVIDER_CREATED, company=company, acting=acting, about=provider, details=details)
    return provider


@transaction.atomic
def update_provider(
    *,
    provider: Provider,
    name: str,
    credentials: Mapping[str, str],
    api_base_url: str,
    acting: User | None = None,
) -> None:
    """Changes the account; credentials left out keep their value. Which were replaced is recorded, never a value.

    Once new credentials are given, those that our keys cannot read are forgotten, and the incident with them. Callback
    addresses that cannot be read either become others, of which the carrier has to be told.
    """
    before = {"name": provider.name, "api_base_url": provider.api_base_url}
    details: dict[str, Any] = changes(before, {"name": name, "api_base_url": api_base_url})
    is_lost = not provider.is_readable and bool(credentials)
    stored = provider.credentials if credentials and not isinstance(provider.credentials, UnreadableSecrets) else {}
    replaced = [key for key, value in credentials.items() if stored.get(key) != value]
    if replaced:
        details["credentials"] = sorted(replaced)
    provider.name = name
    if credentials:
        provider.credentials = {**stored, **credentials}
    if is_lost:
        provider.incident = ""
        if isinstance(provider.hook_token, UnreadableSecrets):
            provider.hook_token = new_hook_token()
    provider.api_base_url = api_base_url
    provider.save(update_fields=["name", "credentials", "api_base_url", "incident", *HOOK])
    if details:
        _record(Verb.PROVIDER_CHANGED, provider, acting, details)


def _record(verb: Verb, about: Provider | Channel, acting: User | None, details: Mapping[str, Any]) -> None:
    record(verb=verb, company=about.company, acting=acting, about=about, details=details)


@transaction.atomic
def rotate_hook_token(*, provider: Provider, acting: User | None = None) -> None:
    """New callback addresses; the carrier has to be told, as the old ones answer 404 at once."""
    provider.hook_token = new_hook_token()
    provider.save(update_fields=HOOK)
    _record(Verb.PROVIDER_ADDRESSES_RENEWED, provider, acting, {})


@transaction.atomic
def create_channel(
    *,
    company: Company,
    provider: Provider,
    name: str,
    address: str,
    destination: Destination,
    users: Iterable[User] = (),
    queue: Queue | None = None,
    throughput: int = 1,
    acting: User | None = None,
) -> Channel:
    """A new address of `company`. What it received before anybody had it is routed now.

    `throughput` is in segments per second. Raises `BadNumber`, `LimitReached`, `NotLent` (another company's provider),
    `AddressTaken` and `QueueClosed`.
    """
    address = to_address(address, country=company.country)
    require_room(company=company, resource=Resource.CHANNELS)
    loan = loan_for_channels(provider=provider, company=company)
    if queue:
        require_not_closed(queue.pk)
    with taken({"channel_address_once": AddressTaken}):
        channel: Channel = Channel.objects.create(
            company=company,
            provider=provider,
            name=name,
            address=address,
            destination=destination,
            queue=queue if destination == Destination.QUEUE else None,
            throughput=throughput,
            shard=shard_of(provider_id=provider.pk, address=address),
            loan=loan,
        )
    if destination == Destination.USERS:
        _give_to(channel, users)
    replay_unmatched(channel)
    details = {"address": address, "provider": provider.name, **_settings(channel)}
    record(verb=Verb.CHANNEL_CREATED, company=company, acting=acting, about=channel, details=details)
    return channel


def _give_to(channel: Channel, users: Iterable[User]) -> None:
    """The channel's messages go to these people; whoever joins or leaves sees more or less at once."""
    before = set(channel.users.values_list("pk", flat=True))
    users = list(users)
    channel.users.set(users)
    changed = before ^ {user.pk for user in users}
    if changed:
        publish(AccessChanged(tuple(sorted(changed))))


def replay_unmatched(channel: Channel) -> None:
    """Hands on what the address received while no channel had it."""
    hand_back(InboundEvent.objects.filter(provider_id=channel.provider_id, address=channel.address))


def count_channels(companies: Sequence[int]) -> Mapping[int, int]:
    """How many channels of each company are in use: what its limit counts."""
    found = Channel.objects.filter(company__in=companies, is_active=True).values_list("company")
    return dict(found.annotate(Count("pk")))


def _settings(channel: Channel) -> dict[str, Any]:
    """What can be changed of a channel, for the audit log."""
    people = sorted(user.display_name for user in channel.users.all())
    return {
        "name": channel.name,
        "destination": channel.queue.name if channel.queue else people,
        "throughput": channel.throughput,
    }


@transaction.atomic
def update_channel(
    *,
    channel: Channel,
    name: str,
    destination: Destination,
    users: Iterable[User] = (),
    queue: Queue | None = None,
    throughput: int,
    acting: User | None = None,
) -> None:
    """Changes where a channel's messages go from now on; interactions under way stay where they are.

    Whoever has it on loan sends at the new rate too. Raises `QueueClosed`.
    """
    if queue:
        require_not_closed(queue.pk)
    before = _settings(channel)
    channel.name = name
    channel.destination = destination
    channel.queue = queue if destination == Destination.QUEUE else None
    channel.throughput = throughput
    for loan in channel.loans.filter(revoked_at=None):
        # The borrower's first, as when it is taken back.
        with scope(company=loan.borrower_id):
            Channel.objects.filter(loan=loan).update(throughput=throughput)
    channel.save(update_fields=["name", "destination", "queue", "throughput"])
    _give_to(channel, users if destination == Destination.USERS else ())
    details = changes(before, _settings(channel))
    if details:
        _record(Verb.CHANNEL_CHANGED, channel, acting, details)
