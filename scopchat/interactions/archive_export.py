"""The archive as a table: a line for each text of the conversations that its filter finds, for who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import models
from django.db.models import Count, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from scopchat.accounts.roles import Permission, Reach
from scopchat.channels.providers.base import FailureReason
from scopchat.common.lexemes import query_of
from scopchat.exports.kinds import Asking, Batch, Gone, Kind, Sight
from scopchat.interactions import queries
from scopchat.interactions.archive import all_of
from scopchat.interactions.forms import ArchiveFilter
from scopchat.interactions.models import Attachment, Direction, Interaction, Message, Purpose
from scopchat.interactions.querysets import InteractionQuerySet, contact_shown
from scopchat.interactions.status import MessageStatus

AT_A_TIME = 200
"""Conversations looked at in one batch;"""
MAX_ROWS = 1_000
"""of texts at the most so many, for some conversations never end."""


class Archive(Kind):
    """In the order in which conversations began, which nothing that happens meanwhile changes."""

    name = "interactions"
    title = gettext_lazy("Interactions")
    page = "interactions:archive"
    permission = Permission.SEE_INTERACTIONS

    def columns(self) -> Sequence[str]:
        of_interaction = [_("Interaction"), _("Status"), _("Channel"), _("Channel’s number"), _("Queue"), _("Person")]
        of_customer = [_("Customer’s number"), _("Contact"), _("Opened on"), _("Closed on")]
        of_message = [
            _("Message date"),
            _("Direction"),
            _("Sender"),
            _("Text"),
            _("Delivery"),
            _("Segments"),
            _("Photos"),
        ]
        return [*of_interaction, *of_customer, *of_message]

    def count(self, asking: Asking) -> int:
        return _found(asking)[0].count()

    def batch(self, asking: Asking, after: str) -> Batch:
        """The cursor is a conversation, and the text of it that was the last; 0 before its first."""
        begins, last = map(int, after.split(".")) if after else (0, 0)
        found, words = _found(asking)
        related = found.with_contact().select_related("channel", "queue", "assignee").fetch_mode(models.FETCH_RAISE)
        at_a_time = list(related.filter(pk__gte=begins).order_by("pk")[:AT_A_TIME])
        with_words = _having(words, asking, at_a_time)
        texts = list(_texts(with_words, begins, last)[: MAX_ROWS + 1])
        shown = texts[:MAX_ROWS]
        rows = _rows(shown, {one.pk: one for one in at_a_time})
        if len(texts) > MAX_ROWS:
            ends_in = shown[-1].interaction_id or 0
            return Batch(rows, sum(one.pk < ends_in for one in at_a_time), f"{ends_in}.{shown[-1].pk}")
        is_end = len(at_a_time) < AT_A_TIME
        return Batch(rows, len(at_a_time), "" if is_end else f"{at_a_time[-1].pk + 1}.0")

    def sight(self, asking: Asking) -> Sight:
        """With the person's channels and queues, where these say what they see."""
        now = super().sight(asking)
        if now["reach"] >= Reach.COMPANY:
            return now
        channels, queues = queries.memberships(asking.person.pk)
        return {**now, "channels": sorted(channels), "queues": sorted(queues)}

    def covers(self, now: Sight, then: Sight) -> bool:
        if not super().covers(now, then) or now["reach"] >= Reach.COMPANY:
            return super().covers(now, then)
        return all({*now[name]} >= {*then[name]} for name in ("channels", "queues"))


def _found(asking: Asking) -> tuple[InteractionQuerySet, str]:
    """What the filter leaves but for words, and these. Raises `Gone`."""
    form = ArchiveFilter(asking.asked, person=asking.person, company=asking.company)
    if not (form.is_valid() and form.fields.keys() >= asking.asked.keys()):
        raise Gone
    typed = form.cleaned_data["q"].strip()
    is_words = any(char.isalpha() for char in typed)
    asked = replace(form.asked, typed="" if is_words else typed)
    return all_of(asking.person, asking.company, asked), typed if is_words else ""


def _having(words: str, asking: Asking, found: list[Interaction]) -> list[int]:
    """Ids of those in which somebody wrote all the words, as the archive finds them."""
    ids = [one.pk for one in found]
    if not words:
        return ids
    query = query_of(words, company_id=asking.company.pk)
    if not query:
        return []
    parameters = {"ids": ids, "company": asking.company.pk, "query": query}
    return [pk for (pk,) in queries.rows("having_words", parameters)]


def _texts(ids: list[int], begins: int, last: int) -> models.QuerySet[Message]:
    """The texts of these conversations in order, after `last` in the one that `begins` (index `message_thread`)."""
    behind = Q(interaction=begins, pk__lte=last)
    found: models.QuerySet[Message] = Message.objects.filter(~behind, interaction__in=ids)
    return found.select_related("author").fetch_mode(models.FETCH_RAISE).order_by("interaction_id", "pk")


def _rows(texts: list[Message], of: dict[int, Interaction]) -> list[list[object]]:
    pictures = Attachment.objects.filter(message__in=[text.pk for text in texts]).order_by()
    photos = dict(pictures.values_list("message").annotate(Count("pk")))
    return [_row(text, of[text.interaction_id or 0], photos.get(text.pk, 0)) for text in texts]


def _row(text: Message, interaction: Interaction, photos: int) -> list[object]:
    contact = contact_shown(interaction).name
    is_theirs = text.direction == Direction.IN
    return [
        interaction.pk,
        interaction.get_status_display(),
        interaction.channel.name,
        interaction.channel.address,
        interaction.queue.name if interaction.queue else "",
        interaction.assignee.display_name if interaction.assignee else "",
        interaction.customer,
        contact,
        _moment(interaction.opened_at),
        _moment(interaction.closed_at),
        _moment(text.created_at),
        pgettext("message", "in") if is_theirs else pgettext("message", "out"),
        (contact or interaction.customer) if is_theirs else _author(text),
        text.text,
        _delivery(text),
        text.segments,
        photos,
    ]


def _moment(at: datetime | None) -> str:
    """ISO 8601 in the company's time, with how far that is from UTC."""
    return localtime(at).isoformat(timespec="seconds") if at else ""


def _author(text: Message) -> str:
    if text.purpose == Purpose.AUTOMATIC:
        return _("Automatic reply")
    return text.author.display_name if text.author else ""


def _delivery(text: Message) -> str:
    state = str(MessageStatus(text.status).label)
    if text.status != MessageStatus.FAILED or not text.reason:
        return state
    return f"{state} ({FailureReason(text.reason).label})"
