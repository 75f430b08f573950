"""What becomes of texts that are nothing but a keyword, before anybody is asked to answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scopchat.channels.providers.base import InboundMessage, Wish
from scopchat.common.gsm import normalise
from scopchat.common.queries import batch
from scopchat.interactions import queries
from scopchat.interactions.models import InteractionEvent
from scopchat.interactions.services.changes import TextRow
from scopchat.interactions.signals import KeywordReceived, keywords_received
from scopchat.interactions.status import Happening
from scopchat.optouts.keywords import MAX_CHARACTERS, Keyword, read_keyword
from scopchat.optouts.services import Said, block, heed

if TYPE_CHECKING:
    from datetime import datetime

    from scopchat.interactions.services.receive import Arrival

DEFAULT_LANGUAGE = "en"
"""Of words that only the carrier knows: it answers them itself."""
HAPPENINGS = {Wish.LEAVE: Happening.OPTED_OUT, Wish.RETURN: Happening.OPTED_IN}


@dataclass(frozen=True, slots=True)
class Heard:
    """A keyword that was heeded, or that asks for help."""

    arrival: Arrival
    keyword: Keyword
    changed: bool
    """Whether the number left or came back by it; it may have left before."""

    @property
    def is_settled(self) -> bool:
        """Whether nobody needs to answer it: who asks for help wants a person."""
        return self.keyword.wish is not Wish.HELP


def hear(arrivals: Sequence[Arrival]) -> dict[tuple[int, str], Heard]:
    """Heeds the keywords among these texts, in their order; by channel and the carrier's id."""
    found = [(arrival, keyword) for arrival in arrivals if (keyword := _keyword_in(arrival.message)) is not None]
    if not found:
        return {}
    wishes = [(arrival, keyword) for arrival, keyword in found if keyword.wish is not Wish.HELP]
    changed = heed(said=[_said(arrival, keyword) for arrival, keyword in wishes])
    heard = [
        Heard(arrival, keyword, effect)
        for (arrival, keyword), effect in zip(wishes, changed, strict=True)
        # Who never left says "yes" to something else.
        if effect or keyword.wish is Wish.LEAVE
    ]
    heard += [Heard(arrival, keyword, changed=False) for arrival, keyword in found if keyword.wish is Wish.HELP]
    return {(one.arrival.channel_id, one.arrival.message.carrier_id): one for one in heard}


def _keyword_in(message: InboundMessage) -> Keyword | None:
    """What the text asks for by a word of ours, or by one that the carrier knows besides."""
    text = normalise(message.text)
    keyword = read_keyword(text) if not message.media else None
    if message.heeded is None or (keyword and keyword.wish is message.heeded):
        return keyword
    return Keyword(message.heeded, DEFAULT_LANGUAGE, text[:MAX_CHARACTERS])


def _said(arrival: Arrival, keyword: Keyword) -> Said:
    message = arrival.message
    return Said(
        company_id=arrival.company_id,
        channel_id=arrival.channel_id,
        number=message.sender,
        keyword=keyword,
        at=arrival.received_at,
        blocks=message.heeded is not None,
    )


def tell(
    heard: Collection[Heard], interactions: Mapping[tuple[int, str], int], messages: Mapping[tuple[int, str], int]
) -> None:
    """Writes into the threads who left and who came back, and tells the domains above."""
    told = [
        KeywordReceived(
            message_id=messages[one.arrival.channel_id, one.arrival.message.carrier_id],
            company_id=one.arrival.company_id,
            interaction_id=interactions[one.arrival.channel_id, one.arrival.message.sender],
            keyword=one.keyword,
            changed=one.changed,
            answered_by_carrier=one.arrival.message.heeded is not None,
            received_at=one.arrival.received_at,
        )
        for one in heard
    ]
    InteractionEvent.objects.bulk_create(
        InteractionEvent(
            company_id=one.company_id,
            interaction_id=one.interaction_id,
            happening=HAPPENINGS[one.keyword.wish],
            created_at=one.received_at,
        )
        for one in told
        if one.changed
    )
    keywords_received.send(sender=None, keywords=told)


def note_blocks(refused: Mapping[int, datetime], *, written: Iterable[TextRow]) -> None:
    """Enters in the opt-outs whom the carrier does not let us text any more.

    `refused` are our texts that it refused for that, and when; those count that were `written` so.
    """
    if refused:
        asked = [message for message, *_others in written if message in refused]
        found = batch(queries.RECIPIENTS, [asked])
        block(blocked=[(*whom, refused[message]) for message, *whom in found])
