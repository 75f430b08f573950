"""What the demo company has sent to many, and is about to."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from scopchat.masssends import claiming
from scopchat.masssends.audience import Audience
from scopchat.masssends.forms import closing_of
from scopchat.masssends.models import MassSend
from scopchat.masssends.services.drafting import Wording, draft
from scopchat.masssends.services.preparing import Preparation
from scopchat.masssends.services.steering import confirm
from scopchat.ops.carried import carry
from scopchat.ops.demo import Cast
from scopchat.tenancy.services import set_allowance

AWAY = "+14185550163"
"""Whose phone is off."""


def fill(cast: Cast, *, now: datetime) -> None:
    """One that has ended, one for next week, and one that nobody has confirmed; in the client's scope."""
    for company in (cast.distributor, cast.l1, cast.l2, cast.client):
        set_allowance(company=company, maxima={}, mass_sends=True, acting=cast.operator_admin)
    cast.client.mass_sends = True
    morning = now.astimezone(ZoneInfo(cast.client.time_zone)).replace(hour=10, minute=0, second=0, microsecond=0)
    _ended(cast, morning - timedelta(days=12))
    closed = "Bonjour {name|cher client}, la clinique sera fermée le lundi 8. Pour une urgence, appelez le 811."
    scheduled = _prepared(cast, "Fermeture du 8", closed, now, starts_at=morning + timedelta(days=7))
    confirm(mass_send=scheduled, typed=None, acting=cast.admin, now=now)
    survey = "Bonjour {name|cher client}, comment s’est passée votre dernière visite ? Répondez de 1 à 5."
    _prepared(cast, "Sondage de satisfaction", survey, now)


def _ended(cast: Cast, at: datetime) -> None:
    text = "Bonjour {name|cher client}, la vaccination contre la grippe est ouverte. Réservez au 438 555-0101."
    made = _prepared(cast, "Vaccin contre la grippe", text, at)
    confirm(mass_send=made, typed=None, acting=cast.admin, now=at)
    run = uuid4()
    written = claiming.take(limits={made.channel_id: 100}, most=100, turn=0, claim=run, now=at)
    for place, one in enumerate(written):
        left = at + timedelta(seconds=place)
        carry(made.channel, one.message_id, one.number, one.text, run=run, at=left, fails=one.number == AWAY)


def _prepared(cast: Cast, title: str, text: str, at: datetime, *, starts_at: datetime | None = None) -> MassSend:
    wording = Wording(
        text=text, title=title, closing=closing_of(cast.client), audience=Audience(everybody=True), starts_at=starts_at
    )
    made = draft(company=cast.client, channel=cast.channel_queue, wording=wording, acting=cast.admin, now=at)
    preparation = Preparation(made.company_id, made.pk)
    while preparation.step(now=at):
        pass
    ready: MassSend = MassSend.objects.get(pk=made.pk)
    return ready
