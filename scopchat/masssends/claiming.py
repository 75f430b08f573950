"""Whose turn it is: a send's next recipients are written their texts, claimed by the run that sends them.

Everything of it happens in the transaction of the run's claim: whoever is killed at any moment has either written and
claimed a text, which then is known to be on its way, or left its recipient where they were.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import F, Q

from scopchat.channels.queries import count_out
from scopchat.common.queries import batch, columns
from scopchat.interactions.services import mass
from scopchat.interactions.services.mass import MassText
from scopchat.masssends import queries, quiet
from scopchat.masssends.models import MassSend, PauseCause, Recipient, SendState
from scopchat.masssends.rendering import rendered
from scopchat.masssends.services.steering import pause_now
from scopchat.masssends.sizes import is_too_long, segments_of
from scopchat.tenancy.limits import LimitReached, book_segments

logger = structlog.get_logger(__name__)

LOOKED_AT = 500
"""Recipients read in one go, at least: at night many are put off."""
BURST = timedelta(seconds=1)
"""How far ahead of its pace a send may get: what it earns in this time."""
State = Recipient.State


@dataclass(frozen=True, slots=True)
class Written:
    """A text that was written to a recipient, claimed."""

    message_id: int
    channel_id: int
    number: str
    text: str
    segments: int


class _Settled(NamedTuple):
    """What a turn made of a recipient, as the statement's columns have it."""

    pk: int
    state: Recipient.State
    not_before: datetime | None
    message_id: int | None


def under_way(now: datetime) -> Q:
    """Sends that may have their turn."""
    return Q(state=SendState.SENDING) & (Q(starts_at=None) | Q(starts_at__lte=now))


def take(*, limits: Mapping[int, int], most: int, turn: int, claim: UUID, now: datetime) -> list[Written]:
    """Writes the next texts of these channels' sends, in the running transaction.

    At most `limits[channel]` of each channel, and `most` together.
    Those of one company: whoever draws on the pools of two may wait for somebody who does the same the other way round.
    `turn` says whose turn it is.
    """
    refused = mass.refused_channels(channels=list(limits), now=now)
    found = MassSend.objects.filter(under_way(now), channel__in=set(limits) - refused)
    ready = found.filter(Q(paced_until=None) | Q(paced_until__lt=now + BURST))
    companies = sorted(set(ready.values_list("company", flat=True)))
    if not companies:
        return []
    whose = companies[turn % len(companies)]
    # Pausing and cancelling wait for this, or are seen by it. The channels too: pools are drawn on after other locks.
    held = ready.filter(company=whose).order_by("channel", "pk").select_for_update(of=("self", "channel"), no_key=True)
    sends = list(held.select_related("company", "channel"))
    first = turn // len(companies) % len(sends) if sends else 0
    sends = sends[first:] + sends[:first]
    written: list[Written] = []
    for place, one in enumerate(sends):
        # Those that come after it on the same channel get their share.
        beside = sum(other.channel_id == one.channel_id for other in sends[place:])
        left = limits[one.channel_id] - sum(text.channel_id == one.channel_id for text in written)
        share = min(max(1, left // beside), left, most - len(written))
        written += _take_of(one, share, claim, now) if share > 0 else []
    return written


def _take_of(mass_send: MassSend, most: int, claim: UUID, now: datetime) -> list[Written]:
    """What cannot be written as a whole pauses the send, and fails nobody."""
    cause = PauseCause.UNWRITABLE
    try:
        if mass_send.company.mass_sends:
            with transaction.atomic():
                return _write(mass_send, min(most, _paced(mass_send, now)), claim, now)
        cause = PauseCause.NOT_ALLOWED
    except LimitReached:
        cause = PauseCause.LIMIT
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError) as error:
        logger.error("mass_send_not_written", mass_send=mass_send.pk, error=type(error).__name__)
    pause_now(mass_send, cause)
    return []


def _paced(mass_send: MassSend, now: datetime) -> int:
    """How many segments the send's own pace lets go now."""
    if mass_send.pace is None:
        return LOOKED_AT
    ahead = max(timedelta(0), (mass_send.paced_until or now) - now)
    return max(1, int((BURST - ahead).total_seconds() * mass_send.pace / 60))


def _write(mass_send: MassSend, most: int, claim: UUID, now: datetime) -> list[Written]:
    looked_at = max(most, LOOKED_AT)
    parameters = {
        "mass_send": mass_send.pk, "channel": mass_send.channel_id, "position": mass_send.position,
        "last": mass_send.last_id, "waiting": State.WAITING.value, "put_off": State.PUT_OFF.value,
        "most": looked_at, "now": now,
    }  # fmt: skip
    found = batch(queries.statement("next"), parameters)
    texts, settled, looked = _sort(mass_send, found, most, now)
    messages = _store(mass_send, list(texts.values()), claim, now) if texts else {}
    settled += [_Settled(pk, State.TAKEN, None, messages[one.number]) for pk, one in texts.items()]
    if settled:
        batch(queries.SETTLE, columns(settled, 4))
    ahead = [pk for pk, _number, state, *_rest in found[:looked] if state == State.WAITING]
    is_all = looked == len(found) < looked_at
    mass_send.position = mass_send.last_id if is_all else max([mass_send.position, *ahead])
    _go_on(mass_send, settled, sum(one.segments for one in texts.values()), now)
    return [
        Written(messages[one.number], mass_send.channel_id, one.number, one.text, one.segments)
        for one in texts.values()
    ]


def _store(mass_send: MassSend, texts: Sequence[MassText], claim: UUID, now: datetime) -> dict[str, int]:
    """Messages by number, booked and counted. Raises `LimitReached`."""
    segments = sum(one.segments for one in texts)
    messages = mass.write_claimed(
        texts=texts, company_id=mass_send.company_id, channel_id=mass_send.channel_id,
        mass_send_id=mass_send.pk, author_id=mass_send.author_id, claim=claim, now=now,
    )  # fmt: skip
    book_segments(company_id=mass_send.company_id, segments=segments, now=now)
    if mass_send.channel.loan_id:
        count_out(channel_id=mass_send.channel_id, segments=segments, texts=len(texts), now=now)
    return messages


def _sort(
    mass_send: MassSend, found: Sequence[tuple[Any, ...]], most: int, now: datetime
) -> tuple[dict[int, MassText], list[_Settled], int]:
    """Who is written what, what becomes of the others, and how many were looked at until enough were found."""
    texts: dict[int, MassText] = {}
    settled: list[_Settled] = []
    for place, (pk, number, _state, name, business, opted_out) in enumerate(found):
        if len(texts) == most:
            return texts, settled, place
        text = rendered(mass_send.text, mass_send.closing, {"name": name, "business": business})
        if opted_out:
            settled.append(_Settled(pk, State.OPTED_OUT, None, None))
        elif (awake := _awake(mass_send, number, now)) > now:
            settled.append(_Settled(pk, State.PUT_OFF, awake, None))
        elif is_too_long(text):
            settled.append(_Settled(pk, State.TOO_LONG, None, None))
        else:
            texts[pk] = MassText(number, text, segments_of(text))
    return texts, settled, len(found)


def _awake(mass_send: MassSend, number: str, now: datetime) -> datetime:
    zones = quiet.zones_of(number) or (mass_send.company.time_zone,)
    return quiet.open_from(now, zones, quiet_from=mass_send.quiet_from, quiet_until=mass_send.quiet_until)


def _go_on(mass_send: MassSend, settled: Collection[_Settled], segments: int, now: datetime) -> None:
    """Where the send stands after this turn; with nobody left it has ended."""
    states = [one.state for one in settled]
    changed: dict[str, Any] = {
        "position": mass_send.position,
        "taken": F("taken") + states.count(State.TAKEN),
        "opted_out": F("opted_out") + states.count(State.OPTED_OUT),
        "too_long": F("too_long") + states.count(State.TOO_LONG),
    }
    if mass_send.pace and segments:
        since = max(mass_send.paced_until or now, now)
        changed["paced_until"] = since + timedelta(minutes=segments / mass_send.pace)
    put_off = Recipient.objects.filter(mass_send=mass_send, state=State.PUT_OFF)
    if mass_send.position >= mass_send.last_id and not put_off.exists():
        changed |= {"state": SendState.ENDED, "ended_at": now}
    MassSend.objects.filter(pk=mass_send.pk).update(**changed)


def look_again(*, channels: Sequence[int], now: datetime) -> None:
    """Before texts that a carrier did not take are tried again: whoever left since gets none, and nobody at night."""
    found = mass.waiting(channels=channels, now=now)
    if left := [message for message, _send, _number, has_left in found if has_left]:
        mass.fail_left(left)
    sends = MassSend.objects.select_related("company").in_bulk({send for _message, send, *_rest in found})
    until = {
        message: _awake(sends[send], number, now)
        for message, send, number, has_left in found
        if not has_left and send in sends
    }
    asleep = {message: at for message, at in until.items() if at > now}
    if asleep:
        mass.put_off(asleep)


def due(*, channels: Collection[int], now: datetime) -> dict[int, datetime]:
    """When the next recipient of each channel's sends may have their turn; channels without one are absent."""
    refused = mass.refused_channels(channels=list(channels), now=now)
    found: dict[int, datetime] = {}
    for one in MassSend.objects.filter(state=SendState.SENDING, channel__in=set(channels) - refused):
        moments = [now] if one.position < one.last_id else []
        put_off = Recipient.objects.filter(mass_send=one, state=State.PUT_OFF).order_by("not_before")
        moments += filter(None, put_off.values_list("not_before", flat=True)[:1])
        if moments:
            at = max(min(moments), one.starts_at or now, (one.paced_until or now) - BURST)
            found[one.channel_id] = min(at, found.get(one.channel_id, at))
    return found
