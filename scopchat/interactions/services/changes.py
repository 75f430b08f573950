"""Telling live pages, and the domains above, what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from scopchat.events.catalogue import InteractionChange, InteractionsChanged, Part
from scopchat.events.publish import publish
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.signals import SETTLED, TextSettled, texts_settled
from scopchat.interactions.status import MessageStatus

Row = tuple[int, int, int, int | None, int | None]
"""Interaction, company, channel, queue, assignee."""
TextRow = tuple[int, str, int, int, int | None, int | None, int | None]
"""Message, its status, company, channel; then interaction, queue, assignee, where it has an interaction."""


def announce(interaction: Interaction, *, also: int | None = None, part: Part = Part.BOTH) -> None:
    """Sends the change when the transaction commits; `also` is a person who is losing sight of it."""
    change = InteractionChange(
        interaction_id=interaction.pk,
        channel_id=interaction.channel_id,
        queue_id=interaction.queue_id,
        assignee_id=interaction.assignee_id,
        also=also,
    )
    publish(InteractionsChanged(interaction.company_id, (change,), part))


def announce_rows(rows: Iterable[Row], *, part: Part = Part.BOTH) -> None:
    """Sends the changes of a batch: one event per company."""
    companies: dict[int, list[InteractionChange]] = defaultdict(list)
    for interaction, company, channel, queue, assignee in rows:
        companies[company].append(InteractionChange(interaction, channel, queue, assignee))
    for company, changes in companies.items():
        publish(InteractionsChanged(company, tuple(changes), part))


def announce_texts(rows: Iterable[TextRow], *, was: Mapping[int, MessageStatus] = MappingProxyType({})) -> None:
    """What became of texts of ours, in their threads and to whoever counts them; in the running transaction.

    `was` says what they were before; those that it does not name were queued.
    """
    rows = list(rows)
    threads = {
        (interaction, company, channel, queue, assignee)
        for _message, _status, company, channel, interaction, queue, assignee in rows
        if interaction is not None
    }
    announce_rows(threads, part=Part.THREAD)
    if texts_settled.has_listeners():
        told = [
            TextSettled(
                message, company, channel, interaction, MessageStatus(status), was.get(message, MessageStatus.QUEUED)
            )
            for message, status, company, channel, interaction, _queue, _assignee in rows
            if status in SETTLED or was.get(message) in SETTLED
        ]
        texts_settled.send(sender=None, texts=told)


def announce_message(message: Message, status: MessageStatus, *, was: MessageStatus) -> None:
    """What became of one text."""
    thread = message.interaction
    whose = (thread.pk, thread.queue_id, thread.assignee_id) if thread else (None, None, None)
    announce_texts([(message.pk, status, message.company_id, message.channel_id, *whose)], was={message.pk: was})
