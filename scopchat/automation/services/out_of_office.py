"""Who writes while it is closed, or while nobody is there, is told so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from scopchat.accounts.models import Presence
from scopchat.automation import queries
from scopchat.automation.fallbacks import Fallbacks
from scopchat.automation.models import Fallback, Occasion
from scopchat.automation.services.replies import Wanted, ask_for_replies
from scopchat.channels.models import Channel
from scopchat.common.phones import is_number
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.signals import TextReceived, TextsReceived
from scopchat.optouts.models import OptOut
from scopchat.queues.models import QueueMember
from scopchat.queues.querysets import PRESENT

TALK = timedelta(hours=1)
"""Whoever got an answer from a person within this time is in the middle of a talk."""


def reply_to(texts: TextsReceived) -> None:
    """Asks for the replies that these texts call for, in the running transaction.

    Not to keywords, nor to short codes and names; not to who has left, nor in the middle of a talk.
    """
    if not queries.any_replying(texts.companies):
        return
    found = Fallback.objects.replying().filter(company__in=texts.companies)
    fallbacks = Fallbacks.among(found.select_related("hours", "company"))
    called = {text.interaction_id: text for text in texts if not text.is_keyword and is_number(text.customer)}
    wanted = [
        one
        for interaction in _alone(called)
        if (fallback := fallbacks.of(interaction.channel_id, interaction.queue_id))
        if (one := _wanted(called[interaction.pk], interaction, fallback))
    ]
    ask_for_replies(wanted=wanted)


def _alone(called: Mapping[int, TextReceived]) -> QuerySet[Interaction]:
    """Of these conversations, those that nobody carries on; `attended` tells whether somebody is there for each."""
    earliest = min((text.received_at for text in called.values()), default=None)
    if earliest is None:
        return Interaction.objects.none()
    answers = Message.objects.filter(interaction=OuterRef("pk"), author__isnull=False, created_at__gt=earliest - TALK)
    left = OptOut.objects.filter(channel=OuterRef("channel"), number=OuterRef("customer"))
    agents = QueueMember.objects.filter(**PRESENT, queue=OuterRef("queue"))
    users = Channel.users.through.objects.filter(
        channel=OuterRef("channel"), user__presence=Presence.ONLINE, user__is_active=True
    )
    holder = Q(assignee__presence=Presence.ONLINE, assignee__is_active=True)
    found = Interaction.objects.not_closed().filter(~Exists(answers), ~Exists(left), pk__in=called)
    alone: QuerySet[Interaction] = found.annotate(attended=holder | Exists(agents) | Q(queue=None) & Exists(users))
    return alone


def _wanted(text: TextReceived, interaction: Interaction, fallback: Fallback) -> Wanted | None:
    """The reply that the fallback has for this text, if it has one."""
    occasion, window = Occasion.NOBODY, localdate(text.received_at, fallback.zone).isoformat()
    if fallback.week:
        now = fallback.week.window(text.received_at)
        occasion, window = Occasion.NOBODY if now.is_open else Occasion.CLOSED, now.since.isoformat()
    if occasion == Occasion.CLOSED:
        called_for = bool(fallback.closed_reply)
    else:
        called_for = bool(fallback.nobody_reply) and not vars(interaction)["attended"]
    if not called_for:
        return None
    return Wanted(
        company_id=text.company_id,
        message_id=text.message_id,
        interaction_id=text.interaction_id,
        occasion=occasion,
        at=text.received_at,
        window=window,
    )
