"""News of interactions and texts for the domains above, a batch at a time, sent in the running transaction.

Notifications, reports, webhooks and mass sends hang on these with `common.signals.listens`. Live pages do not: they are
told by `events`. Values are made only where somebody listens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import overload

from django.dispatch import Signal

from scopchat.interactions.status import Happening, MessageStatus
from scopchat.optouts.keywords import Keyword

texts_received = Signal()
"""Sent with `texts`, `TextsReceived` in the order in which they came."""
conversations_wait = Signal()
"""Sent with `queues`, a set of ids: texts came to conversations that wait there and that nobody has."""
texts_settled = Signal()
"""Sent with `texts`, a sequence of `TextSettled`: a text may settle more than once, up its ladder, and be queued again
after it had settled."""
keywords_received = Signal()
"""Sent with `keywords`, a sequence of `KeywordReceived`: texts that were nothing else, already heeded."""
interactions_changed = Signal()
"""Sent with `changes`, a sequence of `InteractionChanged`."""

SETTLED = frozenset({MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.UNKNOWN, MessageStatus.DELIVERED})


@dataclass(frozen=True, slots=True)
class TextReceived:
    """A customer's text, stored."""

    message_id: int
    company_id: int
    channel_id: int
    interaction_id: int
    customer: str
    text: str
    received_at: datetime
    is_keyword: bool
    """Whether it was heeded as one (`keywords_received`)."""


class TextsReceived(Sequence[TextReceived]):
    """A batch of them, made when somebody looks: most are of companies about which no listener has a question."""

    def __init__(self, companies: Set[int], make: Callable[[], list[TextReceived]]) -> None:
        self.companies = companies
        """Whose texts they are."""
        self._make = make

    @cached_property
    def _made(self) -> list[TextReceived]:
        return self._make()

    @overload
    def __getitem__(self, place: int) -> TextReceived: ...
    @overload
    def __getitem__(self, place: slice) -> list[TextReceived]: ...
    def __getitem__(self, place: int | slice) -> TextReceived | list[TextReceived]:
        return self._made[place]

    def __len__(self) -> int:
        return len(self._made)


@dataclass(frozen=True, slots=True)
class KeywordReceived:
    """A customer's text that was a keyword; `changed` tells whether the number left or came back by it."""

    message_id: int
    company_id: int
    interaction_id: int
    keyword: Keyword
    changed: bool
    answered_by_carrier: bool
    received_at: datetime


@dataclass(frozen=True, slots=True)
class TextSettled:
    """What became of a text of ours, as far as is known now."""

    message_id: int
    company_id: int
    channel_id: int
    interaction_id: int | None
    status: MessageStatus
    was: MessageStatus
    """What it was before."""


@dataclass(frozen=True, slots=True)
class InteractionChanged:
    """What happened to an interaction: by a person, or by itself; `about_id` is whom it was given to or taken from."""

    interaction_id: int
    company_id: int
    channel_id: int
    queue_id: int | None
    happening: Happening
    person_id: int | None
    about_id: int | None
    at: datetime
