"""Texts of mass sends: written when their turn has come, already claimed (docs/decisions/0030)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scopchat.common.queries import batch, columns
from scopchat.interactions import queries
from scopchat.interactions.models import Priority, Purpose
from scopchat.interactions.services.changes import announce_texts


@dataclass(frozen=True, slots=True)
class MassText:
    """What one recipient is written."""

    number: str
    text: str
    segments: int


def write_claimed(
    *,
    texts: Sequence[MassText],
    company_id: int,
    channel_id: int,
    mass_send_id: int,
    author_id: int,
    claim: UUID,
    now: datetime,
) -> dict[str, int]:
    """Stores the texts as claimed by the run, in the running transaction; returns their messages by number.

    Each number once. Nothing is booked: whoever calls has done that for all of them.
    """
    customers, words, segments = columns([(one.number, one.text, one.segments) for one in texts], 3)
    parameters = {
        "company": company_id,
        "channel": channel_id,
        "purpose": Purpose.MASS.value,
        "priority": Priority.MASS.value,
        "mass_send": mass_send_id,
        "author": author_id,
        "customers": customers,
        "texts": words,
        "segments": segments,
        "claim": claim,
        "now": now,
    }
    return {number: pk for pk, number in batch(queries.statement("write_mass"), parameters)}


def refused_channels(*, channels: Sequence[int], now: datetime) -> set[int]:
    """Those on which a mass text waits that the carrier did not take for now."""
    parameters = {"channels": list(channels), "priority": Priority.MASS.value, "now": now}
    return {channel for (channel,) in batch(queries.statement("refused_mass"), parameters)}


def hold(*, channel_id: int, mass_send_id: int, until: datetime | None) -> None:
    """Texts of the send that wait for another attempt have it at this moment, or at once."""
    parameters = {"channel": channel_id, "priority": Priority.MASS.value, "mass_send": mass_send_id, "until": until}
    batch(queries.statement("hold_mass"), parameters)


def drop(*, channel_id: int, mass_send_id: int) -> None:
    """Texts of the send that wait for another attempt have failed, in the running transaction."""
    parameters = {"channel": channel_id, "priority": Priority.MASS.value, "mass_send": mass_send_id}
    announce_texts(batch(queries.statement("drop_mass"), parameters))


def waiting(*, channels: Sequence[int], now: datetime) -> list[tuple[int, int, str, bool]]:
    """Texts that are due for another attempt: message, mass send, number, and whether that has left since."""
    parameters = {"channels": list(channels), "priority": Priority.MASS.value, "now": now}
    return batch(queries.statement("waiting_mass"), parameters)


def put_off(until: Mapping[int, datetime]) -> None:
    """These messages have their next attempt at these moments."""
    batch(queries.PUT_OFF, columns(list(until.items()), 2))


def fail_left(messages: Collection[int]) -> None:
    """Whom these were written to has left: they have failed, in the running transaction."""
    announce_texts(batch(queries.FAIL_LEFT, [sorted(messages)]))


def sends_of(messages: Collection[int]) -> dict[int, int]:
    """Which mass send each of these messages is one of; the others are absent."""
    return dict(batch(queries.MASS_SENDS_OF, [sorted(messages)]))
