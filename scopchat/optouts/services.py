"""What enters a number in the opt-outs and what takes it out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from scopchat.channels.providers.base import Wish
from scopchat.optouts import queries
from scopchat.optouts.keywords import Keyword
from scopchat.optouts.models import Change, OptOut, OptOutChange
from scopchat.optouts.origins import Origin
from scopchat.optouts.queries import Pair


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's keyword, to leave or to return."""

    company_id: int
    channel_id: int
    number: str
    keyword: Keyword
    at: datetime
    blocks: bool = False
    """Whether the carrier heeds the word as well: who leaves is then blocked by it."""

    @property
    def pair(self) -> Pair:
        return self.channel_id, self.number


@transaction.atomic
def heed(*, said: Sequence[Said]) -> list[bool]:
    """Lets numbers leave and come back, in the order in which they asked; whether each changed anything.

    Who was taken off by hand and texts STOP has left by their own word from then on.
    """
    changed = [False] * len(said)
    for places in _rounds(said):
        asked = {said[place].pair: said[place] for place in places}
        happened = {**_leave(asked), **_return(asked)}
        for place in places:
            changed[place] = said[place].pair in happened
        _log(asked[pair] for pair in happened)
    return changed


def _rounds(said: Sequence[Said]) -> list[list[int]]:
    """Places in `said`, so many at a time that no number is twice in one round."""
    rounds: list[list[int]] = []
    before: dict[Pair, int] = {}
    for place, one in enumerate(said):
        turn = before.get(one.pair, 0)
        before[one.pair] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(place)
    return rounds


def _leave(asked: dict[Pair, Said]) -> dict[Pair, bool]:
    leaving = [one for one in asked.values() if one.keyword.wish is Wish.LEAVE]
    return queries.enter(
        [(one.company_id, *one.pair, one.at, one.at if one.blocks else None, Origin.TEXTED.value) for one in leaving]
    )


def _return(asked: dict[Pair, Said]) -> dict[Pair, bool]:
    returning = [pair for pair, one in asked.items() if one.keyword.wish is Wish.RETURN]
    return dict.fromkeys(queries.remove(returning), True)


def _log(heeded: Iterable[Said]) -> None:
    OptOutChange.objects.bulk_create(
        OptOutChange(
            company_id=one.company_id,
            channel_id=one.channel_id,
            number=one.number,
            change=Change.LEFT if one.keyword.wish is Wish.LEAVE else Change.RETURNED,
            word=one.keyword.word,
            at=one.at,
        )
        for one in heeded
    )


@transaction.atomic
def block(*, blocked: Iterable[tuple[int, int, str, datetime]]) -> None:
    """The carrier refuses texts to these numbers (company, channel, number, since when), because they left there."""
    found = {(channel, number): (company, at) for company, channel, number, at in blocked}
    entered = queries.enter([(company, *pair, at, at, Origin.BLOCKED.value) for pair, (company, at) in found.items()])
    OptOutChange.objects.bulk_create(
        OptOutChange(company_id=company, channel_id=channel, number=number, change=Change.BLOCKED, at=at)
        for (channel, number), (company, at) in found.items()
        if (channel, number) in entered
    )


def opt_out_of(*, channel_id: int, number: str) -> OptOut | None:
    """The opt-out of a number from a channel's mass sends, if it left them. Index `optout_once`."""
    found: OptOut | None = OptOut.objects.filter(channel_id=channel_id, number=number).first()
    return found
