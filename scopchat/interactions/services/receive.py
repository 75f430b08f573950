"""Taking customers' texts in: a batch in a few statements, in the running transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from scopchat.channels.providers.base import InboundMessage
from scopchat.channels.queries import count_in
from scopchat.common.gsm import normalise
from scopchat.common.queries import batch, columns
from scopchat.events.catalogue import Part
from scopchat.interactions import queries
from scopchat.interactions.models import Attachment, AttachmentState
from scopchat.interactions.services import keywords
from scopchat.interactions.services.changes import announce_rows
from scopchat.interactions.services.keywords import Heard
from scopchat.interactions.services.outbox import PHOTO, PREVIEW_CHARACTERS
from scopchat.interactions.signals import TextReceived, TextsReceived, conversations_wait, texts_received


@dataclass(frozen=True, slots=True)
class Arrival:
    """One text on its channel."""

    company_id: int
    channel_id: int
    queue_id: int | None
    message: InboundMessage
    received_at: datetime
    lent: bool = False
    """Whether the lender of the channel is told how many there were."""


@transaction.atomic
def receive(*, arrivals: Sequence[Arrival], now: datetime) -> int:
    """Stores each text once, finds or opens its interaction, makes it wait, tells live pages.

    Arrivals are in the order in which they came and are stored in it. A text whose carrier id the channel has already
    is left out. Returns how many were new.
    """
    arrivals = _unknown(arrivals)
    if not arrivals:
        return 0
    heard = keywords.hear(arrivals)
    interactions = _interactions(arrivals, heard, now)
    stored = batch(
        queries.STORE_ARRIVALS,
        columns(
            [
                (
                    arrival.company_id,
                    arrival.channel_id,
                    interactions[arrival.channel_id, arrival.message.sender],
                    normalise(arrival.message.text),
                    arrival.message.segments,
                    arrival.message.carrier_id,
                    arrival.received_at,
                )
                for arrival in arrivals
            ],
            7,
        ),
    )
    messages = {(channel, carrier): message for message, channel, carrier in stored}
    _store_attachments(arrivals, messages)
    if heard:
        keywords.tell(heard.values(), interactions, messages)
    if texts_received.has_listeners():
        _tell(arrivals, interactions, messages, heard)
    lent = Counter(arrival.channel_id for arrival in arrivals if arrival.lent)
    if lent:
        count_in(lent, now=now)
    return len(arrivals)


def _unknown(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The arrivals without repetitions, of one another and of what is stored."""
    asked = [(arrival.channel_id, arrival.message.carrier_id) for arrival in arrivals]
    known = set(batch(queries.KNOWN_CARRIER_IDS, columns(asked, 2)))
    new = []
    for arrival, key in zip(arrivals, asked, strict=True):
        if key not in known:
            known.add(key)
            new.append(arrival)
    return new


def _preview(message: InboundMessage) -> str:
    return normalise(message.text)[:PREVIEW_CHARACTERS] or (PHOTO if message.media else "")


def _interactions(
    arrivals: list[Arrival], heard: Mapping[tuple[int, str], Heard], now: datetime
) -> dict[tuple[int, str], int]:
    """The interaction of each channel and customer: the open one, or one that is over where all is settled already."""
    groups: dict[tuple[int, str], list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        groups[arrival.channel_id, arrival.message.sender].append(arrival)
    settled = {pair: group for pair, group in groups.items() if _is_settled(group, heard)} if heard else {}
    if settled:
        under_way = set(batch(queries.UNDER_WAY, columns(sorted(settled), 2)))
        settled = {pair: group for pair, group in settled.items() if pair not in under_way}
    over = batch(queries.CLOSED_INTERACTIONS, [now, *_columns(settled)]) if settled else []
    opened = batch(queries.OPEN_INTERACTIONS, [now, *_columns({p: groups[p] for p in groups.keys() - settled.keys()})])
    rows = [(pk, company, channel, queue, person) for pk, company, channel, _who, queue, person in opened]
    announce_rows(rows, part=Part.ARRIVAL)
    if queues := {queue for *_others, queue, person in rows if person is None and queue is not None}:
        conversations_wait.send(sender=None, queues=queues)
    return {(channel_id, customer): pk for pk, _company, channel_id, customer, _queue, _person in [*opened, *over]}


def _is_settled(group: Iterable[Arrival], heard: Mapping[tuple[int, str], Heard]) -> bool:
    """Whether nobody needs to answer any of these texts."""
    found = (heard.get((arrival.channel_id, arrival.message.carrier_id)) for arrival in group)
    return all(one is not None and one.is_settled for one in found)


def _columns(groups: Mapping[tuple[int, str], Sequence[Arrival]]) -> list[list[Any]]:
    """What the statements that make interactions take, a record for each customer."""
    records = [
        (
            group[0].company_id,
            channel_id,
            customer,
            group[0].queue_id,
            len(group),
            _preview(group[-1].message),
            group[0].received_at,
            group[-1].received_at,
        )
        for (channel_id, customer), group in sorted(groups.items())
    ]
    return columns(records, 8)


def _tell(
    arrivals: list[Arrival],
    interactions: dict[tuple[int, str], int],
    messages: dict[tuple[int, str], int],
    heard: Mapping[tuple[int, str], Heard],
) -> None:
    """Tells the domains above."""

    def make() -> list[TextReceived]:
        return [
            TextReceived(
                message_id=messages[arrival.channel_id, arrival.message.carrier_id],
                company_id=arrival.company_id,
                channel_id=arrival.channel_id,
                interaction_id=interactions[arrival.channel_id, arrival.message.sender],
                customer=arrival.message.sender,
                text=normalise(arrival.message.text),
                received_at=arrival.received_at,
                is_keyword=(arrival.channel_id, arrival.message.carrier_id) in heard,
            )
            for arrival in arrivals
        ]

    texts = TextsReceived({arrival.company_id for arrival in arrivals}, make)
    texts_received.send(sender=None, texts=texts)


def _store_attachments(arrivals: list[Arrival], messages: dict[tuple[int, str], int]) -> None:
    Attachment.objects.bulk_create(
        Attachment(
            company_id=arrival.company_id,
            message_id=messages[arrival.channel_id, arrival.message.carrier_id],
            position=position,
            source_url=media.url,
            content_type=media.content_type,
            state=AttachmentState.PENDING if media.url else AttachmentState.LOST,
        )
        for arrival in arrivals
        for position, media in enumerate(arrival.message.media)
    )
