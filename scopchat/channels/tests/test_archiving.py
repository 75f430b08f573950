"""Channels when their company goes and comes back."""

from __future__ import annotations

from datetime import UTC, datetime

from django_scopes import scope

from scopchat.channels.models import Channel, Destination, EventState, InboundEvent, PendingEvent
from scopchat.channels.services import create_channel
from scopchat.tenancy.services import archive_company, restore_company
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def active(cast: Cast) -> set[str]:
    with scope(company=cast.client):
        return set(Channel.objects.filter(is_active=True).values_list("address", flat=True))


def test_exactly_those_that_were_in_use_come_back(cast: Cast) -> None:
    with scope(company=cast.client):
        Channel.objects.filter(pk=cast.channel_user.pk).update(is_active=False)
    archive_company(company=cast.client, acting=None, now=NOW)
    assert active(cast) == set()
    assert restore_company(company=cast.client, acting=None, now=NOW) == []
    assert active(cast) == {cast.channel_queue.address}


def test_one_whose_number_was_taken_is_skipped_and_listed(cast: Cast) -> None:
    archive_company(company=cast.client, acting=None, now=NOW)
    with scope(company=cast.client):
        create_channel(
            company=cast.client, provider=cast.provider, name="Repris", address=cast.channel_queue.address,
            destination=Destination.USERS, users=[cast.user],
        )  # fmt: skip
    skipped = restore_company(company=cast.client, acting=None, now=NOW)
    assert [each.name for each in skipped] == ["Accueil (438 555-0101)"]
    assert active(cast) == {cast.channel_user.address, cast.channel_queue.address}
    with scope(company=cast.client):
        assert not Channel.objects.get(pk=cast.channel_queue.pk).is_active


def test_what_came_in_meanwhile_is_handed_on(cast: Cast) -> None:
    archive_company(company=cast.client, acting=None, now=NOW)
    channel = cast.channel_queue
    event = InboundEvent.objects.create(
        provider=cast.provider, event="inbound", carrier_key="k", address=channel.address, shard=channel.shard,
        method="POST", url="", body=b"", received_at=NOW, state=EventState.UNMATCHED,
    )  # fmt: skip
    restore_company(company=cast.client, acting=None, now=NOW)
    event.refresh_from_db()
    assert PendingEvent.objects.get().event_id == event.pk
