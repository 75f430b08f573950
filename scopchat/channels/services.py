"""Changes to providers and channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.channels.journal import hand_back
from scopchat.channels.models import Channel, Destination, InboundEvent, Provider, new_hook_token
from scopchat.channels.providers.registry import adapter_for
from scopchat.channels.shards import shard_of
from scopchat.common.phones import to_address
from scopchat.queues.models import Queue
from scopchat.tenancy.models import Company


def create_provider(
    *, company: Company, kind: str, name: str, credentials: Mapping[str, str], api_base_url: str = ""
) -> Provider:
    """A carrier account of `company`. An empty address means the carrier's own."""
    provider: Provider = Provider.objects.create(
        company=company,
        kind=kind,
        name=name,
        credentials=dict(credentials),
        api_base_url=api_base_url or adapter_for(kind).default_api_base_url,
    )
    return provider


def update_provider(*, provider: Provider, name: str, credentials: Mapping[str, str], api_base_url: str) -> None:
    """Changes the account; credentials left out keep their value."""
    provider.name = name
    provider.credentials = {**provider.credentials, **credentials}
    provider.api_base_url = api_base_url
    provider.save(update_fields=["name", "credentials", "api_base_url"])


def rotate_hook_token(*, provider: Provider) -> None:
    """New callback addresses; the carrier has to be told, as the old ones answer 404 at once."""
    provider.hook_token = new_hook_token()
    provider.save(update_fields=["hook_token"])


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
) -> Channel:
    """A new address of `company`. What it received before anybody had it is routed now.

    `throughput` is in segments per second. Raises `BadNumber`, and IntegrityError when the address is taken.
    """
    address = to_address(address, country=company.country)
    channel: Channel = Channel.objects.create(
        company=company,
        provider=provider,
        name=name,
        address=address,
        destination=destination,
        queue=queue if destination == Destination.QUEUE else None,
        throughput=throughput,
        shard=shard_of(provider_id=provider.pk, address=address),
    )
    if destination == Destination.USERS:
        channel.users.set(users)
    hand_back(InboundEvent.objects.filter(provider=provider, address=address))
    return channel


@transaction.atomic
def update_channel(
    *,
    channel: Channel,
    name: str,
    destination: Destination,
    users: Iterable[User] = (),
    queue: Queue | None = None,
    throughput: int,
) -> None:
    """Changes where a channel's messages go from now on; interactions under way stay where they are."""
    channel.name = name
    channel.destination = destination
    channel.queue = queue if destination == Destination.QUEUE else None
    channel.throughput = throughput
    channel.save(update_fields=["name", "destination", "queue", "throughput"])
    channel.users.set(users if destination == Destination.USERS else ())
