"""What happens in conversations, as far as the product acts upon it by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from django.db import transaction

from scopchat.accounts.models import Presence
from scopchat.accounts.signals import PresenceChange, presences_changed
from scopchat.automation.distribution import ask_to_distribute
from scopchat.automation.models import Occasion
from scopchat.automation.services.out_of_office import reply_to
from scopchat.automation.services.replies import Wanted, ask_for_replies
from scopchat.channels.providers.base import Wish
from scopchat.common.signals import listens
from scopchat.interactions.signals import (
    InteractionChanged,
    KeywordReceived,
    TextsReceived,
    conversations_wait,
    interactions_changed,
    keywords_received,
    texts_received,
)
from scopchat.interactions.status import Happening
from scopchat.queues.models import Queue

OCCASIONS = {Wish.LEAVE: Occasion.LEFT, Wish.RETURN: Occasion.RETURNED, Wish.HELP: Occasion.ASKED_FOR_HELP}

FREEING = frozenset(
    {
        *(Happening.CLOSED, Happening.RELEASED, Happening.QUEUED, Happening.TRANSFERRED, Happening.RECOVERED),
        *(Happening.WOKEN, Happening.UNDONE),
    }
)
"""After these something waits in a queue, or somebody has room for more."""


@listens(keywords_received)
def confirm(*, keywords: Sequence[KeywordReceived]) -> None:
    """Who leaves, comes back or asks for help is told so once, unless the carrier has done it."""
    ask_for_replies(
        wanted=[
            Wanted(
                company_id=one.company_id,
                message_id=one.message_id,
                interaction_id=one.interaction_id,
                occasion=OCCASIONS[one.keyword.wish],
                language=one.keyword.language,
                at=one.received_at,
            )
            for one in keywords
            if (one.changed or one.keyword.wish is Wish.HELP) and not one.answered_by_carrier
        ]
    )


@listens(texts_received)
def reply_where_nobody_is(*, texts: TextsReceived) -> None:
    """Who writes while it is closed, or while nobody is there, is told so, where the company has words for it."""
    reply_to(texts)


@listens(conversations_wait)
def distribute_what_came(*, queues: Collection[int]) -> None:
    """What comes to an automatic queue, and what nobody has there, is offered."""
    automatic = Queue.objects.automatic().filter(pk__in=queues).order_by()
    _ask(set(automatic.values_list("company", flat=True)))


@listens(interactions_changed)
def distribute_freed(*, changes: Sequence[InteractionChanged]) -> None:
    """What somebody gave back, or had in a place that is free now, lets more be offered."""
    companies = {change.company_id for change in changes if change.happening in FREEING}
    if companies:
        _ask(_with_automatic_queues(companies))


@listens(presences_changed)
def distribute_to_who_came(*, changes: Sequence[PresenceChange]) -> None:
    """Who comes online is offered what waits. Whether anything does the run looks: no company need be in scope here."""
    _ask({change.company_id for change in changes if change.presence == Presence.ONLINE})


def _with_automatic_queues(companies: Collection[int]) -> set[int]:
    found = Queue.objects.automatic().filter(company__in=companies).order_by()
    return set(found.values_list("company", flat=True))


def _ask(companies: Collection[int]) -> None:
    if companies:
        transaction.on_commit(partial(ask_to_distribute, companies), robust=True)
