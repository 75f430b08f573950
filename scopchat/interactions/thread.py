"""A conversation as it is shown: messages, what happened between them, and days, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from heapq import merge
from itertools import groupby

from django.db import models
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name, localdate, localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from scopchat.channels.providers.base import FailureReason
from scopchat.interactions.mass_in_threads import mass_texts_of
from scopchat.interactions.media import photos_of
from scopchat.interactions.models import Direction, Interaction, InteractionEvent, Message, Purpose
from scopchat.interactions.querysets import MessageQuerySet
from scopchat.interactions.status import MessageStatus

PAGE = 50
MAX_ITEMS = 300
"""Messages redrawn at once at most, however many the page has gathered."""


@dataclass(frozen=True, slots=True)
class Photo:
    state: str
    state_label: str
    url: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message. `may_act` and `may_unsend` are all that depends on who looks."""

    pk: int
    ours: bool
    text: str
    author: str
    at: datetime
    status: str
    status_label: str
    reason: str
    photos: tuple[Photo, ...]
    may_act: bool
    may_unsend: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened."""

    pk: int
    words: str
    person: str
    note: str
    until: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A part of a conversation."""

    html: SafeString
    first: int
    """Id of the first message shown; 0 when there is none."""
    has_more: bool
    """Whether there are messages before it."""
    last: int = 0
    goes_on: bool = False
    """Whether there are messages after it that the page does not show."""
    unread: int = 0
    """Id of the first message that nobody had read; 0 where there is none, or it comes before this part."""


def read_thread(
    interaction: Interaction, *, may_act: bool, viewer: int = 0, start: int = 0, before: int = 0, size: int = PAGE
) -> Thread:
    """The last messages of the interaction: all from `start`, or a page of `size` that ends just before `before`.

    `viewer` is who may undo that their texts were sent.
    """
    found = _messages(interaction).reverse()
    if before:
        found = found.filter(id__lt=before)
    if start:
        found = found.filter(id__gte=start)
    limit = MAX_ITEMS if start else size
    newest = list(found[: limit + (not start)])
    messages = newest[:limit][::-1]
    has_more = len(newest) > limit or bool(start)
    events = _events(interaction.pk, since=messages[0].created_at if messages and has_more else None, before=before)
    return Thread(
        html=_merged(events, _bubbles(messages, may_act, viewer)),
        first=messages[0].pk if messages else 0,
        has_more=has_more,
        unread=_first_unread(messages, interaction.unread),
    )


def read_around(interaction: Interaction, *, message: int, until: int = 0) -> Thread:
    """Half a page before the message and half a page from it on, up to `until`, which the page shows already."""
    earlier = list(_messages(interaction).filter(id__lt=message).reverse()[: PAGE // 2 + 1])
    has_more = len(earlier) > PAGE // 2
    return _down(interaction, earlier[: PAGE // 2][::-1], message - 1, until, has_more=has_more, size=PAGE // 2)


def read_later(interaction: Interaction, *, after: int, until: int = 0) -> Thread:
    """The page of messages that follows `after`, up to `until`, which the page shows already."""
    return _down(interaction, [], after, until, has_more=after > 0, size=PAGE)


def _down(
    interaction: Interaction, messages: list[Message], after: int, until: int, *, has_more: bool, size: int
) -> Thread:
    """These messages and the next ones, with what happened until the message that comes then."""
    following = _messages(interaction).filter(id__gt=after)
    if until:
        following = following.filter(id__lt=until)
    read = list(following[: size + 1])
    messages = messages + read[:size]
    goes_on = len(read) > size
    if not messages:
        return Thread(html=SafeString(""), first=0, has_more=has_more)
    since = messages[0].created_at if has_more else None
    events = _events(interaction.pk, since=since, before=read[size].pk if goes_on else until)
    return Thread(
        html=_merged(events, _bubbles(messages, may_act=False, viewer=0)),
        first=messages[0].pk,
        has_more=has_more,
        last=messages[-1].pk,
        goes_on=goes_on,
    )


def _messages(interaction: Interaction) -> MessageQuerySet:
    """All of the interaction, the oldest first, with what a bubble shows; anything else raises."""
    found: MessageQuerySet = (
        Message.objects.of_thread(interaction.pk, also=mass_texts_of(interaction))
        .select_related("author")
        .only("direction", "purpose", "text", "status", "reason", "created_at", "author__display_name")
        .fetch_mode(models.FETCH_RAISE)
    )
    return found


def _first_unread(messages: list[Message], unread: int) -> int:
    """The first of as many texts of the customer."""
    theirs = [message.pk for message in messages if message.direction == Direction.IN]
    return theirs[-unread] if 0 < unread <= len(theirs) else 0


def _merged(events: list[Line], bubbles: list[Bubble]) -> SafeString:
    # Events first: what was done by writing a message stands above it.
    both: list[Iterable[Bubble | Line]] = [events, bubbles]
    return _draw(merge(*both, key=lambda item: item.at))


def _events(interaction_id: int, *, since: datetime | None, before: int) -> list[Line]:
    """What happened while these messages were written: from the first of them to the message `before`."""
    found = (
        InteractionEvent.objects.filter(interaction_id=interaction_id)
        .select_related("person", "about", "queue")
        .order_by("id")
        .fetch_mode(models.FETCH_RAISE)
    )
    if since:
        found = found.filter(created_at__gte=since)
    if before:
        found = found.filter(created_at__lt=Message.objects.filter(pk=before).values("created_at"))
    return [
        Line(
            pk=event.pk,
            words=event.sentence,
            person=event.person.display_name if event.person else "",
            note=event.note,
            until=localtime(event.until) if event.until else None,
            at=event.created_at,
        )
        for event in found[:MAX_ITEMS]
    ]


def _bubbles(messages: list[Message], may_act: bool, viewer: int) -> list[Bubble]:
    photos = photos_of([message.pk for message in messages])
    return [
        Bubble(
            pk=message.pk,
            ours=message.direction == Direction.OUT,
            text=message.text,
            author=_author(message),
            at=message.created_at,
            status=message.status,
            status_label=_status_words(message),
            reason=str(FailureReason(message.reason).label) if message.reason else "",
            photos=tuple(Photo(*photo) for photo in photos.get(message.pk, ())),
            may_act=may_act and message.purpose != Purpose.MASS,
            may_unsend=message.purpose != Purpose.MASS
            and message.status == MessageStatus.QUEUED
            and message.author_id == viewer,
        )
        for message in messages
    ]


def _author(message: Message) -> str:
    if message.purpose == Purpose.AUTOMATIC:
        return _("Automatic reply")
    if message.purpose == Purpose.MASS:
        return _("Mass send")
    return message.author.display_name if message.author else ""


def _status_words(message: Message) -> str:
    if message.status == MessageStatus.QUEUED and message.reason:
        return _("waiting, tried again by itself")
    return str(MessageStatus(message.status).label)


def _draw(items: Iterable[Bubble | Line]) -> SafeString:
    language, zone = get_language() or "", get_current_timezone_name()
    parts = []
    for day, of_day in groupby(items, key=lambda item: localtime(item.at).date()):
        parts.append(format_html('<div class="day" id="day-{}">{}</div>', day, _named(day)))
        parts.extend(_drawn(item, language, zone) for item in of_day)
    return SafeString("".join(parts))


def _named(day: date) -> str:
    """The day as people say it."""
    past = (localdate() - day).days
    return {0: _("Today"), 1: _("Yesterday")}.get(past) or date_format(day, "DATE_FORMAT")


@lru_cache(maxsize=8192)
def _drawn(item: Bubble | Line, language: str, zone: str) -> SafeString:  # noqa: ARG001  part of the key
    name = "bubble" if isinstance(item, Bubble) else "line"
    return render_to_string(f"interactions/{name}.html", {name: item})
