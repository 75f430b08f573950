"""Providers and channels: what may exist twice, what an address becomes, and what it received before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django_scopes import scope

from scopchat.channels.hook_tokens import digest_of, without_token
from scopchat.channels.models import Channel, Destination, EventState, InboundEvent, PendingEvent, Provider
from scopchat.channels.services import (
    AddressTaken,
    create_channel,
    create_provider,
    rotate_hook_token,
    update_channel,
    update_provider,
)
from scopchat.channels.shards import SHARDS, shard_of
from scopchat.common.phones import BadNumber
from scopchat.events.catalogue import AccessChanged
from scopchat.queues.services import create_queue
from tests.cast import Cast
from tests.heard import Heard

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def channel(cast: Cast, address: str, **changes: Any) -> Channel:
    values = {"provider": cast.provider, "destination": Destination.USERS, "users": [cast.user], **changes}
    with scope(company=values["provider"].company):
        return create_channel(company=values["provider"].company, name="Neuf", address=address, **values)


def provider(cast: Cast, **changes: Any) -> Provider:
    values = {"kind": "twilio", "name": "Twilio", "credentials": {"account_sid": "AC1", "auth_token": "t"}, **changes}
    with scope(company=cast.client):
        return create_provider(company=cast.client, **values)


def fresh[M: (Channel, Provider)](thing: M) -> M:
    with scope(company=thing.company_id):
        return type(thing).objects.get(pk=thing.pk)


@pytest.mark.parametrize(
    ("typed", "address"), [("438 555-0150", "+14385550150"), ("54321", "54321"), ("CLINIQUE", "CLINIQUE")]
)
def test_a_channel_has_its_address_in_one_form(cast: Cast, typed: str, address: str) -> None:
    made = channel(cast, typed)
    assert made.address == address
    assert made.shard == shard_of(provider_id=cast.provider.pk, address=address)


def test_a_channel_has_an_address_that_exists(cast: Cast) -> None:
    with pytest.raises(BadNumber):
        channel(cast, "12")


def test_an_address_has_one_channel_at_a_provider_however_it_is_typed(cast: Cast) -> None:
    with pytest.raises(AddressTaken):
        channel(cast, "(438) 555-0101")


def test_a_channel_switched_off_frees_its_address(cast: Cast) -> None:
    with scope(company=cast.client):
        Channel.objects.filter(pk=cast.channel_user.pk).update(is_active=False)
    assert channel(cast, cast.channel_user.address).pk != cast.channel_user.pk


def test_another_provider_may_have_the_same_address(cast: Cast) -> None:
    made = channel(cast, cast.channel_user.address, provider=provider(cast))
    assert made.address == cast.channel_user.address


@pytest.mark.parametrize("destination", Destination)
def test_a_channel_goes_to_people_or_to_a_queue(cast: Cast, destination: Destination) -> None:
    made = channel(cast, "+14385550150", destination=destination, users=[cast.user, cast.admin], queue=cast.queue)
    people, queue = set(made.users.all()), made.queue
    to_people = destination == Destination.USERS
    assert (people, queue) == (({cast.user, cast.admin}, None) if to_people else (set(), cast.queue))


def test_a_queue_channel_without_a_queue_is_refused_by_the_database(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="channel_has_its_destination"), transaction.atomic():
        channel(cast, "+14385550150", destination=Destination.QUEUE)


def test_a_channel_that_never_sends_is_refused_by_the_database(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="channel_throughput_positive"), transaction.atomic():
        channel(cast, "+14385550150", throughput=0)


def test_changing_the_destination_leaves_nothing_of_the_old_one(cast: Cast) -> None:
    with scope(company=cast.client):
        update_channel(
            channel=cast.channel_user, name="Accueil 2", destination=Destination.QUEUE, queue=cast.queue,
            users=[cast.user], throughput=5,
        )  # fmt: skip
        after = fresh(cast.channel_user)
        assert (after.name, after.queue, after.throughput) == ("Accueil 2", cast.queue, 5)
        assert not after.users.exists()
        update_channel(
            channel=after, name="Marc", destination=Destination.USERS, queue=cast.queue, users=[cast.user],
            throughput=5,
        )  # fmt: skip
        assert (fresh(after).queue, list(after.users.all())) == (None, [cast.user])
        assert fresh(after).address == cast.channel_user.address


def test_a_new_channel_takes_up_what_its_address_received_before(cast: Cast) -> None:
    def journaled(address: str, state: EventState, whose: Provider) -> InboundEvent:
        return InboundEvent.objects.create(
            provider=whose, event="inbound", carrier_key=f"{address}{state}{whose.pk}", address=address,
            shard=shard_of(provider_id=whose.pk, address=address), method="POST", url="", body=b"",
            received_at=NOW, state=state,
        )  # fmt: skip

    new = "+14385550150"
    waiting = journaled(new, EventState.UNMATCHED, cast.provider)
    others = [
        journaled("+14385550151", EventState.UNMATCHED, cast.provider),
        journaled(new, EventState.REFUSED, cast.provider),
        journaled(new, EventState.UNMATCHED, cast.outsider_provider),
    ]
    before = [event.state for event in others]
    made = channel(cast, new)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.shard) == (EventState.ACCEPTED, made.shard)
    assert PendingEvent.objects.get().pk == (made.shard, waiting.pk)
    for event in others:
        event.refresh_from_db()
    assert [event.state for event in others] == before


def test_a_provider_without_an_address_has_its_carriers(cast: Cast) -> None:
    assert provider(cast).account.api_base_url == "https://api.twilio.com"
    own = provider(cast, api_base_url="https://proxy.example/twilio/")
    assert own.account.api_base_url == "https://proxy.example/twilio"


def test_a_provider_of_no_kind_is_not_made(cast: Cast) -> None:
    with pytest.raises(KeyError):
        provider(cast, kind="pigeon")


def test_credentials_left_out_keep_their_value(cast: Cast) -> None:
    made = provider(cast)
    update_provider(provider=made, name="Renommé", credentials={"auth_token": "new"}, api_base_url="https://x.example")
    after = fresh(made)
    assert after.credentials == {"account_sid": "AC1", "auth_token": "new"}
    assert (after.name, after.api_base_url) == ("Renommé", "https://x.example")


def test_a_new_hook_token_replaces_the_old_one_everywhere(cast: Cast) -> None:
    made = provider(cast)
    old = made.hook_token
    rotate_hook_token(provider=made)
    new = fresh(made).hook_token
    assert new != old
    assert fresh(made).callback_url.endswith(f"/hooks/twilio/{new}")


def test_hook_tokens_cannot_be_guessed(cast: Cast) -> None:
    tokens = [provider(cast).hook_token for _ in range(5)]
    assert len({*tokens}) == 5
    assert all(len(bytes.fromhex(token)) >= 16 for token in tokens)


@pytest.mark.parametrize(
    ("provider_id", "address", "shard"),
    [(1, "+14385550101", 41), (2, "+14385550101", 50), (1, "54321", 17), (1, "", 63)],
)
def test_an_address_keeps_its_shard_for_ever(provider_id: int, address: str, shard: int) -> None:
    assert shard_of(provider_id=provider_id, address=address) == shard


def test_addresses_spread_over_all_shards() -> None:
    counts = [0] * SHARDS
    for n in range(6_400):
        counts[shard_of(provider_id=1, address=f"+1438{n:07}")] += 1
    assert min(counts) > 50
    assert max(counts) < 150


def test_who_joins_or_leaves_a_channel_is_told_that_they_see_other_things(cast: Cast, heard: Heard) -> None:
    def told() -> set[int]:
        return {person for event in heard.of(AccessChanged) for person in event.people}

    made = channel(cast, "438 555-0150", users=[cast.user, cast.agent])
    assert told() == {cast.user.pk, cast.agent.pk}
    heard.clear()
    with scope(company=cast.client):
        update_channel(
            channel=made,
            name="Neuf",
            destination=Destination.USERS,
            users=[cast.agent, cast.agent2],
            throughput=1,
        )
    assert told() == {cast.user.pk, cast.agent2.pk}
    heard.clear()
    with scope(company=cast.client):
        create_queue(company=cast.client, name="Ventes", agents=[cast.agent])
    assert told() == {cast.agent.pk}


def test_a_hook_token_is_not_to_be_read_in_the_database(cast: Cast) -> None:
    made = provider(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text, hook_token FROM channels_provider p WHERE id = %s", [made.pk])
        row, sealed = cursor.fetchone()
    assert made.hook_token not in row
    assert made.hook_token.encode() not in bytes(sealed)
    assert fresh(made).hook_token == made.hook_token
    with scope(company=cast.client):
        assert Provider.objects.get(hook_digest=digest_of(made.hook_token)) == made


def test_the_journal_keeps_callbacks_without_the_token() -> None:
    assert without_token("https://x.test/hooks/twilio/abc123/inbound?Body=/hooks/a/b/c") == (
        "https://x.test/hooks/twilio/-/inbound?Body=/hooks/a/b/c"
    )
