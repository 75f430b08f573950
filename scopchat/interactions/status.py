"""Both ladders: what may follow what, for an interaction and for a message (SPEC §2), and what threads tell of it."""

from __future__ import annotations

from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class InteractionStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    """The customer wrote; nobody has answered or acknowledged."""
    OPEN = "open", _("Open")
    """Answered or acknowledged; the next word is the customer's."""
    PAUSED = "paused", _("Paused")
    """Held by a person; any inbound message wakes it."""
    CLOSED = "closed", _("Closed")
    """Over, kept for ever; a new inbound message starts another interaction."""


class Verb(Enum):
    """Everything that can happen to an interaction's status."""

    RECEIVE = "receive"
    REPLY = "reply"
    ACKNOWLEDGE = "acknowledge"
    PAUSE = "pause"
    RESUME = "resume"
    WAKE = "wake"
    ENQUEUE = "enqueue"
    CLOSE = "close"
    REOPEN = "reopen"


_S = InteractionStatus
INTERACTION_MOVES: dict[Verb, tuple[frozenset[InteractionStatus], InteractionStatus]] = {
    # Every inbound message makes the customer wait, whatever was going on. It starts another where this one is closed.
    Verb.RECEIVE: (frozenset({_S.WAITING, _S.OPEN, _S.PAUSED}), _S.WAITING),
    # An answer ends the waiting and the pause.
    Verb.REPLY: (frozenset({_S.WAITING, _S.OPEN, _S.PAUSED}), _S.OPEN),
    # The green check: read, no reply needed.
    Verb.ACKNOWLEDGE: (frozenset({_S.WAITING}), _S.OPEN),
    Verb.PAUSE: (frozenset({_S.WAITING, _S.OPEN}), _S.PAUSED),
    # A person ends the pause.
    Verb.RESUME: (frozenset({_S.PAUSED}), _S.OPEN),
    # The wake time has come.
    Verb.WAKE: (frozenset({_S.PAUSED}), _S.WAITING),
    # Given to a queue it waits for whoever takes it there, even where the customer does not.
    Verb.ENQUEUE: (frozenset({_S.WAITING, _S.OPEN, _S.PAUSED}), _S.WAITING),
    Verb.CLOSE: (frozenset({_S.WAITING, _S.OPEN, _S.PAUSED}), _S.CLOSED),
    # By a person, while it is the customer's latest.
    Verb.REOPEN: (frozenset({_S.CLOSED}), _S.OPEN),
}


class Happening(models.TextChoices):
    """What the thread tells besides messages, as what its person did."""

    ACKNOWLEDGED = "acknowledged", _("acknowledged reading")
    TAKEN = "taken", _("took the conversation")
    ACCEPTED = "accepted", _("accepted the conversation")
    ASSIGNED = "assigned", _("assigned the conversation to")
    TRANSFERRED = "transferred", _("transferred the conversation to")
    QUEUED = "queued", _("transferred the conversation to the queue")
    OFFERED = "offered", _("The conversation was given to")
    NOT_TAKEN = "not_taken", _("The conversation went back to the queue, not taken in time by")
    LEFT_BEHIND = "left_behind", _("The conversation went back to its members, in the absence of")
    ESCALATED = "escalated", _("The conversation was brought to the managers: nobody had taken it")
    ESCALATED_FROM = "escalated_from", _("The conversation was brought to the managers, in the absence of")
    ENDED = "ended", _("The conversation was closed: nobody had taken it")
    ENDED_FROM = "ended_from", _("The conversation was closed, in the absence of")
    RECOVERED = "recovered", _("took the conversation back from")
    RELEASED = "released", _("released the conversation")
    PAUSED = "paused", _("paused the conversation")
    RESUMED = "resumed", _("resumed the conversation")
    WOKEN = "woken", _("The pause is over")
    CLOSED = "closed", _("closed the conversation")
    REOPENED = "reopened", _("reopened the conversation")
    UNDONE = "undone", _("undid this")
    NOTED = "noted", _("wrote a note")
    OPTED_OUT = "opted_out", _("The customer left the mass sends")
    OPTED_IN = "opted_in", _("The customer takes part in mass sends again")


class MessageStatus(models.TextChoices):
    RECEIVED = "received", _("received")
    """From the customer; never moves."""
    QUEUED = "queued", _("queued")
    """On disk, to be handed to the carrier; in the outbox it says whether that is being done."""
    UNKNOWN = "unknown", _("not known whether it was sent")
    """The request left and no answer came. Never resent by the program."""
    SENT = "sent", _("handed to the carrier")
    """The carrier has it."""
    DELIVERED = "delivered", _("delivered")
    """The carrier says the phone has it. Final."""
    FAILED = "failed", _("failed")
    """It will not arrive. Final, but for a person's retry, which is a new attempt."""


RUNG: dict[MessageStatus, int] = {
    # A receipt moves a message to a higher rung or not at all: reports come late, twice and out of order.
    MessageStatus.QUEUED: 0,
    MessageStatus.UNKNOWN: 1,
    MessageStatus.SENT: 2,
    # The two final rungs are level, so neither replaces the other.
    MessageStatus.DELIVERED: 3,
    MessageStatus.FAILED: 3,
}


def climbs(current: MessageStatus, reported: MessageStatus) -> bool:
    """Whether a report of `reported` moves a message that stands at `current`."""
    return current in RUNG and reported in RUNG and RUNG[reported] > RUNG[current]
