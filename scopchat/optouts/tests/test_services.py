"""Numbers leave, come back and are blocked; the log keeps each change, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django_scopes import scope

from scopchat.channels.models import Channel
from scopchat.optouts.keywords import read_keyword
from scopchat.optouts.models import OptOutChange
from scopchat.optouts.services import Said, block, heed, opt_out_of
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
NUMBER, OTHER = "+15145550142", "+15145550143"


def said(channel: Channel, word: str, *, number: str = NUMBER, minutes: int = 0, blocks: bool = False) -> Said:
    keyword = read_keyword(word)
    assert keyword is not None
    return Said(channel.company_id, channel.pk, number, keyword, NOW + timedelta(minutes=minutes), blocks)


def log(cast: Cast) -> list[tuple[str, str, str]]:
    return list(OptOutChange.objects.order_by("id").values_list("number", "change", "word"))


def test_who_leaves_is_out_until_they_come_back(cast: Cast) -> None:
    channel = cast.channel_queue
    with scope(company=cast.client):
        assert heed(said=[said(channel, "Arrêt.")]) == [True]
        found = opt_out_of(channel_id=channel.pk, number=NUMBER)
        assert found is not None
        assert (found.since, found.blocked_at) == (NOW, None)
        assert opt_out_of(channel_id=channel.pk, number=OTHER) is None
        assert opt_out_of(channel_id=cast.channel_user.pk, number=NUMBER) is None
        assert heed(said=[said(channel, "STOP", minutes=5)]) == [False]
        assert heed(said=[said(channel, "yes", minutes=6)]) == [True]
        assert opt_out_of(channel_id=channel.pk, number=NUMBER) is None
        assert heed(said=[said(channel, "yes", minutes=7)]) == [False]
        assert log(cast) == [(NUMBER, "left", "ARRET"), (NUMBER, "returned", "YES")]


def test_a_batch_is_heeded_in_its_order(cast: Cast) -> None:
    words = [
        ("stop", NUMBER),
        ("stop", OTHER),
        ("start", NUMBER),
        ("arret", NUMBER),
        ("start", OTHER),
        ("start", OTHER),
    ]
    with scope(company=cast.client):
        batch = [said(cast.channel_queue, word, number=number) for word, number in words]
        assert heed(said=batch) == [True, True, True, True, True, False]
        assert opt_out_of(channel_id=cast.channel_queue.pk, number=NUMBER) is not None
        assert opt_out_of(channel_id=cast.channel_queue.pk, number=OTHER) is None
        assert sorted(log(cast)) == [
            (NUMBER, "left", "ARRET"),
            (NUMBER, "left", "STOP"),
            (NUMBER, "returned", "START"),
            (OTHER, "left", "STOP"),
            (OTHER, "returned", "START"),
        ]


def test_what_the_carrier_blocks_is_out_and_says_so(cast: Cast) -> None:
    channel = cast.channel_queue
    with scope(company=cast.client):
        heed(said=[said(channel, "stop")])
        blocked = [(channel.company_id, channel.pk, number, NOW + timedelta(hours=1)) for number in (NUMBER, OTHER)]
        block(blocked=blocked * 2)
        block(blocked=blocked)
        for number, since in ((NUMBER, NOW), (OTHER, NOW + timedelta(hours=1))):
            found = opt_out_of(channel_id=channel.pk, number=number)
            assert found is not None
            assert (found.since, found.blocked_at) == (since, NOW + timedelta(hours=1))
        assert log(cast) == [(NUMBER, "left", "STOP"), (NUMBER, "blocked", ""), (OTHER, "blocked", "")]


def test_a_word_that_the_carrier_heeds_blocks_at_once(cast: Cast) -> None:
    with scope(company=cast.client):
        assert heed(said=[said(cast.channel_queue, "stop", blocks=True)]) == [True]
        found = opt_out_of(channel_id=cast.channel_queue.pk, number=NUMBER)
        assert found is not None
        assert found.blocked_at == NOW
