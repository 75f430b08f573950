"""Commands of `tool` about conversations that nobody sees to."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django_scopes import scope

from scopchat.automation.services.settings import WhenNobody, set_fallback
from scopchat.channels.models import Channel
from scopchat.common.clock import utc_now
from scopchat.interactions.models import Interaction, InteractionEvent, Message, Purpose
from scopchat.tenancy.models import Company

SORRY = "Désolés de ne pas avoir pu vous répondre."
BEGINS = "+1819666"


def nobody_answers() -> None:
    """Who writes to the numbers at Twilio is told that nobody is there."""
    company = Company.objects.get(name="Clinique Laurier")
    with scope(company=company):
        for channel in Channel.objects.filter(provider__kind="twilio"):
            set_fallback(place=channel, to=WhenNobody(nobody_reply="Nous vous répondrons dès que possible."))


def leave_alone(count: int) -> None:
    """So many conversations in each way that ends by itself: paused until now, taken by nobody, or not for a day."""
    company, now = Company.objects.get(name="Clinique Laurier"), utc_now()
    with scope(company=company):
        channel = Channel.objects.get(name="Accueil")
        paused, waiting, forgotten = (
            Interaction(
                company=company, channel=channel, queue_id=channel.queue_id, last_activity_at=now, changed_at=now,
                opened_at=now, **values,
            )
            for values in (
                {"status": "paused", "wake_at": now},
                {"status": "waiting", "waiting_since": now - timedelta(minutes=20)},
                {"status": "waiting", "waiting_since": now - timedelta(hours=25)},
            )
        )  # fmt: skip
        made = []
        for kind, one in enumerate((paused, waiting, forgotten)):
            for number in range(count):
                values = {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}
                made.append(Interaction(**{**values, "customer": f"{BEGINS}{kind}{number:03}"}))
        Interaction.objects.bulk_create(made)
        set_fallback(place=channel, to=WhenNobody(escalate_after=15, close_after=24, closing_text=SORRY))


def became() -> dict[str, list[list[str]]]:
    """What happened in each of these conversations, by the way in which it was left."""
    found: dict[str, dict[int, list[str]]] = {}
    for one in InteractionEvent.objects.annotate(customer=F("interaction__customer")).order_by("id"):
        if one.customer.startswith(BEGINS):
            found.setdefault(one.customer[len(BEGINS)], {}).setdefault(one.interaction_id, []).append(one.happening)
    return {kind: list(happened.values()) for kind, happened in found.items()}


def apologies() -> list[str]:
    """To whom the closing text went, each time that it did."""
    return list(Message.objects.filter(purpose=Purpose.AUTOMATIC, text=SORRY).values_list("customer", flat=True))
