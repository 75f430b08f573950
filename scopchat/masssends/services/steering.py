"""Confirming a mass send, and what people, carriers and limits do to it on its way."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.channels.drains import Work, defer_drain
from scopchat.common.queries import batch
from scopchat.common.refusals import NotAllowed
from scopchat.interactions.errors import ChannelStopped
from scopchat.interactions.services import mass
from scopchat.masssends import queries
from scopchat.masssends.errors import NobodyChosen, NotTyped, SomeTooLong
from scopchat.masssends.models import MassSend, PauseCause, SendState
from scopchat.masssends.services.drafting import held, require_allowed
from scopchat.tenancy.models import Company

TYPED_FROM = 1_000
"""With more recipients than these, their number is typed to confirm."""
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""Until when texts of a paused send wait: `resume` calls them back."""


@transaction.atomic
def confirm(*, mass_send: MassSend, typed: int | None, acting: User, now: datetime) -> None:
    """Has the send begin, or wait for its hour. `typed` is the number of recipients, where there are many.

    Raises `NotAllowed`, `MassSendsOff`, `NotReady`, `NobodyChosen`, `SomeTooLong`, `NotTyped`, `ChannelStopped`.
    """
    require_allowed(company=mass_send.company, acting=acting)
    found = held(mass_send, SendState.READY)
    if found.too_long:
        raise SomeTooLong(found.too_long)
    if not found.waiting:
        raise NobodyChosen
    if found.waiting > TYPED_FROM and typed != found.waiting:
        raise NotTyped(found.waiting)
    if not found.channel.is_active:
        raise ChannelStopped
    found.state, found.confirmed_at = SendState.SENDING, now
    found.save(update_fields=["state", "confirmed_at"])
    details = {"channel": found.channel.name, "recipients": found.waiting}
    record(verb=Verb.MASS_SEND_CONFIRMED, company=mass_send.company, acting=acting, about=mass_send, details=details)
    _wake(found)


@transaction.atomic
def pause(*, mass_send: MassSend, acting: User) -> None:
    """Nothing more of it leaves, but for what is on its way. Raises `NotAllowed`, `NotReady`."""
    _require(acting)
    pause_now(held(mass_send, SendState.SENDING), PauseCause.PERSON)


@transaction.atomic
def resume(*, mass_send: MassSend, acting: User) -> None:
    """It goes on from where it was. Raises `NotAllowed`, `MassSendsOff`, `NotReady`, `ChannelStopped`."""
    require_allowed(company=mass_send.company, acting=acting)
    found = held(mass_send, SendState.PAUSED)
    if not found.channel.is_active:
        raise ChannelStopped
    found.state, found.cause = SendState.SENDING, ""
    found.save(update_fields=["state", "cause"])
    mass.hold(channel_id=found.channel_id, mass_send_id=found.pk, until=None)
    _wake(found)


@transaction.atomic
def cancel(*, mass_send: MassSend, acting: User, now: datetime) -> None:
    """Those who have had no text get none; what is on its way arrives. Raises `NotAllowed`, `NotReady`."""
    _require(acting)
    found = held(mass_send, SendState.SENDING, SendState.PAUSED)
    found.state, found.cause, found.ended_at = SendState.CANCELLED, "", now
    found.save(update_fields=["state", "cause", "ended_at"])
    mass.drop(channel_id=found.channel_id, mass_send_id=found.pk)
    details = {"channel": found.channel.name, "recipients": found.waiting}
    record(verb=Verb.MASS_SEND_CANCELLED, company=mass_send.company, acting=acting, about=mass_send, details=details)


def pause_all(company: Company) -> None:
    """All of the company's sends, in the running transaction: it stops."""
    for one in MassSend.objects.select_for_update().filter(company=company, state=SendState.SENDING).order_by("pk"):
        pause_now(one, PauseCause.NOT_ALLOWED)


def pause_copied() -> None:
    """Everybody's, in the running transaction: another copy of the installation may have sent on."""
    batch(queries.PAUSE, [PauseCause.COPIED.value])


def pause_refused(messages: Collection[int]) -> None:
    """The carrier refuses the account: the sends of these texts are paused, in the running transaction."""
    ids = set(mass.sends_of(messages).values())
    for one in MassSend.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        if one.state == SendState.CANCELLED:
            mass.drop(channel_id=one.channel_id, mass_send_id=one.pk)
        else:
            # Also one that had ended, of which these are the last.
            pause_now(one, PauseCause(one.cause or PauseCause.ACCOUNT))


def pause_now(found: MassSend, cause: PauseCause) -> None:
    """Pauses a send that the running transaction holds."""
    found.state, found.cause = SendState.PAUSED, cause
    found.save(update_fields=["state", "cause"])
    mass.hold(channel_id=found.channel_id, mass_send_id=found.pk, until=NEVER)


def _require(acting: User) -> None:
    if not acting.may(Permission.MASS_SEND):
        raise NotAllowed


def _wake(found: MassSend) -> None:
    transaction.on_commit(partial(defer_drain, Work.SEND, found.channel.shard))
