"""Writing a mass send: what it says, to whom, and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from functools import partial

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.channels.models import Channel
from scopchat.common.gsm import checked
from scopchat.common.refusals import NotAllowed
from scopchat.interactions.errors import EmptyText
from scopchat.masssends.audience import Audience
from scopchat.masssends.errors import MassSendsOff, NobodyChosen, NotReady
from scopchat.masssends.jobs import ask_to_prepare
from scopchat.masssends.models import MassSend, SendState
from scopchat.masssends.rendering import check_fields
from scopchat.masssends.services.preparing import forget_recipients
from scopchat.tenancy.models import Company

UNCONFIRMED = (SendState.DRAFT, SendState.PREPARING, SendState.READY)


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody fills in."""

    text: str
    title: str = ""
    closing: str = ""
    no_closing: str = ""
    audience: Audience = field(default_factory=Audience)
    starts_at: datetime | None = None
    quiet_from: time = time(21)
    quiet_until: time = time(9)
    pace: int | None = None


def require_allowed(*, company: Company, acting: User) -> None:
    """Raises `NotAllowed` for who may not, `MassSendsOff` where nobody may."""
    if not acting.may(Permission.MASS_SEND):
        raise NotAllowed
    if not company.mass_sends:
        raise MassSendsOff


@transaction.atomic
def draft(*, company: Company, channel: Channel, wording: Wording, acting: User, now: datetime) -> MassSend:
    """A mass send, about to be prepared.

    Raises `NotAllowed`, `MassSendsOff`, `EmptyText`, `TextTooLong`, `BadField`, `NobodyChosen`.
    """
    require_allowed(company=company, acting=acting)
    made = MassSend(company=company, author=acting, created_at=now)
    _fill(made, channel, wording, now)
    made.save(force_insert=True)
    _then_prepare(made)
    return made


@transaction.atomic
def change(*, mass_send: MassSend, channel: Channel, wording: Wording, acting: User, now: datetime) -> None:
    """Writes it anew and has it prepared again. Raises as `draft`, and `NotReady` once it is confirmed."""
    require_allowed(company=mass_send.company, acting=acting)
    found = held(mass_send, *UNCONFIRMED)
    _fill(found, channel, wording, now)
    found.save()
    _then_prepare(found)


@transaction.atomic
def discard(*, mass_send: MassSend, acting: User) -> None:
    """Throws away one that nobody has confirmed. Raises `NotAllowed`, `NotReady`."""
    if not acting.may(Permission.MASS_SEND):
        raise NotAllowed
    found = held(mass_send, *UNCONFIRMED)
    forget_recipients(found)
    found.delete()


def held(mass_send: MassSend, *states: SendState) -> MassSend:
    """The send as it is now, locked until the transaction ends. Raises `NotReady` unless it is in one of the states."""
    found = MassSend.objects.select_for_update().select_related("channel").filter(pk=mass_send.pk, state__in=states)
    if (one := found.first()) is None:
        raise NotReady
    return one


def _fill(mass_send: MassSend, channel: Channel, wording: Wording, now: datetime) -> None:
    text = checked(wording.text)
    if not text:
        raise EmptyText
    check_fields(text)
    if not wording.audience.has_somebody:
        raise NobodyChosen
    mass_send.channel, mass_send.text, mass_send.closing = channel, text, checked(wording.closing)
    mass_send.title, mass_send.no_closing = wording.title, wording.no_closing
    mass_send.audience = wording.audience.kept
    mass_send.starts_at, mass_send.pace = wording.starts_at, wording.pace
    mass_send.quiet_from, mass_send.quiet_until = wording.quiet_from, wording.quiet_until
    mass_send.state, mass_send.touched_at = SendState.PREPARING, now


def _then_prepare(mass_send: MassSend) -> None:
    transaction.on_commit(partial(ask_to_prepare, mass_send.company_id, mass_send.pk), robust=True)
