"""Opt-outs that people enter and end, for customers who ask by other means than a text."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.channels.models import Channel
from scopchat.common.phones import to_e164
from scopchat.optouts import queries
from scopchat.optouts.errors import BlockedByCarrier, ProofNeeded
from scopchat.optouts.models import Change, OptOut, OptOutChange
from scopchat.optouts.origins import Origin


@transaction.atomic
def add_opt_out(*, channel: Channel, phone: str, note: str, acting: User, now: datetime) -> bool:
    """Takes the number, as it was typed, off the channel's mass sends; whether it was on them until now.

    `note` says how the customer asked. Raises `BadNumber`.
    """
    return _enter(channel, to_e164(phone, country=channel.company.country), note, acting, now)


@transaction.atomic
def remove_opt_out(*, opt_out: OptOut, proof: str, acting: User, now: datetime) -> OptOutChange | None:
    """Lets the number get the channel's mass sends again; the line of the log, None where it got them already.

    `proof` says how the customer consented again. Raises `ProofNeeded`, `BlockedByCarrier`.
    """
    rows = OptOut.objects.select_related("channel__company").select_for_update(of=("self",))
    held: OptOut | None = rows.filter(pk=opt_out.pk).first()
    if held is None:
        return None
    if held.blocked_at:
        raise BlockedByCarrier
    if held.needs_proof and not proof.strip():
        raise ProofNeeded
    held.delete()
    return _log(Change.RETURNED, held.channel, held.number, proof, acting, now)


@transaction.atomic
def bring_back_opt_out(*, removal: OptOutChange, acting: User, now: datetime) -> bool:
    """Undoes the removal of one that was added by hand, with its note; whether it was undone by this."""
    before = OptOutChange.objects.filter(channel=removal.channel, number=removal.number, pk__lt=removal.pk)
    entered = before.filter(change=Change.LEFT).order_by("-pk").first()
    return _enter(removal.channel, removal.number, entered.note if entered else "", acting, now)


def _enter(channel: Channel, number: str, note: str, acting: User, now: datetime) -> bool:
    entered = queries.enter([(channel.company_id, channel.pk, number, now, None, Origin.BY_HAND.value)])
    if entered:
        _log(Change.LEFT, channel, number, note, acting, now)
    return bool(entered)


VERBS = {Change.LEFT: Verb.OPT_OUT_ADDED, Change.RETURNED: Verb.OPT_OUT_REMOVED}


def _log(change: Change, channel: Channel, number: str, note: str, acting: User, now: datetime) -> OptOutChange:
    details = {"number": number, **({"note": note} if note else {})}
    record(verb=VERBS[change], company=channel.company, acting=acting, about=channel, details=details)
    line: OptOutChange = OptOutChange.objects.create(
        company_id=channel.company_id, channel=channel, number=number, change=change, person=acting, note=note, at=now
    )
    return line
