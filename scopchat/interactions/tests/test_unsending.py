"""A text that has not left is taken back by its writer: nothing of it stays, and everything stands as before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.interactions.errors import AlreadyLeft, NotItsWriter
from scopchat.interactions.models import Attachment, Interaction, Message, OutboxEntry, Upload
from scopchat.interactions.services import sending, start
from scopchat.interactions.services.unsending import unsend
from scopchat.interactions.tests.desk import NOW, conversation, said
from scopchat.interactions.tests.test_photos_out import upload
from scopchat.interactions.tests.test_reply import fresh, reply
from scopchat.tenancy.models import Company, SegmentPool, SegmentUse
from tests.at_once import at_once
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in

LATER = NOW + timedelta(minutes=5)
COLUMNS = ("status", "unread", "preview", "preview_is_ours", "waiting_since", "last_activity_at")


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path) -> None:
    settings.UNDO_SEND = timedelta(seconds=5)
    settings.MEDIA_ROOT = tmp_path


def state(interaction: Interaction) -> dict[str, Any]:
    return {name: getattr(fresh(interaction), name) for name in COLUMNS}


def take_back(cast: Cast, message: Message, acting: Any = None) -> None:
    with scope(company=cast.client):
        unsend(message=message, acting=acting or cast.admin, now=LATER + timedelta(seconds=2))


def claim(cast: Cast, *, after: timedelta) -> list[Any]:
    channel = cast.channel_queue
    with scopes_disabled():
        return sending.claim(
            limits={channel.pk: 5}, senders={channel.pk: channel.address}, shard=channel.shard, most=5, claim=uuid4(),
            now=LATER + after,
        )  # fmt: skip


def test_it_waits_its_moment_before_it_leaves(cast: Cast) -> None:
    reply(conversation(cast.channel_queue), cast.admin)
    assert claim(cast, after=timedelta(seconds=4.9)) == []
    assert len(claim(cast, after=timedelta(seconds=5))) == 1


def test_it_is_as_if_it_had_never_been_written(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue, texts=2)
    before = state(interaction)
    message = reply(interaction, cast.admin)
    take_back(cast, message)
    first = NOW - timedelta(minutes=1)
    assert state(interaction) == {**before, "unread": 0, "preview": "Bonjour 1", "waiting_since": first}
    with scopes_disabled():
        assert not Message.objects.filter(pk=message.pk).exists()
        assert not OutboxEntry.objects.exists()


def test_a_conversation_of_nothing_else_stays_for_what_is_written_instead(cast: Cast) -> None:
    with scope(company=cast.client):
        message = start.start(
            channel=cast.channel_queue, acting=cast.admin, phone="514 555-0142", text="Allo", idempotency_key=uuid4(),
            now=LATER,
        )  # fmt: skip
    take_back(cast, message)
    with scope(company=cast.client):
        interaction = Interaction.objects.get()
    assert (interaction.status, interaction.preview, interaction.assignee_id) == ("open", "", cast.admin.pk)


def test_what_the_customer_wrote_meanwhile_stays_as_it_is(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    message = reply(interaction, cast.admin)
    said(interaction, "Autre chose", at=LATER)
    with scope(company=cast.client):
        Interaction.objects.filter(pk=interaction.pk).update(
            status="waiting", preview="Autre chose", preview_is_ours=False, unread=1, waiting_since=LATER
        )
    before = state(interaction)
    take_back(cast, message)
    assert state(interaction) == before


def test_its_photos_are_its_writers_again(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    photos = [upload(cast, cast.admin) for _ in range(2)]
    message = reply(interaction, cast.admin, "", photos=photos)
    take_back(cast, message)
    with scope(company=cast.client):
        assert not Attachment.objects.exists()
        again = [one.pk for one in Upload.objects.filter(person=cast.admin).order_by("pk")]
    assert len(again) == 2
    sent = reply(interaction, cast.admin, "", photos=again, idempotency_key=uuid4())
    with scope(company=cast.client):
        assert sent.attachments.count() == 2


def test_segments_come_back(cast: Cast) -> None:
    with scopes_disabled():
        Company.objects.filter(pk=cast.client.pk).update(max_segments_day=3, max_segments_month=5)
    interaction = conversation(cast.channel_queue)
    for _ in range(6):
        take_back(cast, reply(interaction, cast.admin, "x" * 200, idempotency_key=uuid4()))
    with scope(company=cast.client):
        assert SegmentUse.objects.get().segments == 0
        assert set(SegmentPool.objects.values_list("used", flat=True)) == {0}


def test_only_its_writer_and_only_while_it_has_not_left(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    message = reply(interaction, cast.admin)
    with pytest.raises(NotItsWriter):
        take_back(cast, message, cast.manager)
    claim(cast, after=timedelta(seconds=6))
    with pytest.raises(AlreadyLeft):
        take_back(cast, message)
    with scopes_disabled():
        assert Message.objects.get(pk=message.pk).status == "queued"


@pytest.mark.django_db(transaction=True)
def test_either_it_leaves_or_it_is_taken_back(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    message = reply(interaction, cast.admin)

    def leave() -> object:
        return claim(cast, after=timedelta(seconds=6))

    def undo() -> object:
        return unsend(message=message, acting=cast.admin, now=LATER)

    claimed, undone = at_once(cast.client, leave, undo, written="interactions_outboxentry")
    assert (claimed == []) != isinstance(undone, AlreadyLeft)
    with scopes_disabled():
        assert Message.objects.filter(pk=message.pk).exists() == isinstance(undone, AlreadyLeft)


def test_the_reply_box_has_it_again_without_the_signature(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    cast.admin.signature = "— Amélie"
    cast.admin.save()
    browser = signed_in(cast.admin)
    typed = {"text": "Oui", "key": str(uuid4()), "signed": "1"}
    shown = browser.post(f"/messages/{interaction.pk}/reply/", typed, headers=FRAGMENT).content.decode()
    with scope(company=cast.client):
        message = Message.objects.get(direction="out")
    assert message.text == "Oui\n— Amélie"
    address = f"/messages/text/{message.pk}/unsend/"
    assert f"/c/{cast.client.pk}{address}" in shown
    assert address not in signed_in(cast.manager).get(f"/messages/{interaction.pk}/").content.decode()
    back = browser.post(address, headers=FRAGMENT).content.decode()
    assert 'data-back="Oui"' in back
    assert f"m-{message.pk}" not in back
    assert browser.post(address, headers=FRAGMENT).status_code == 404
