"""Texts of mass sends in a customer's thread: they belong to no conversation, and are what the customer answers."""

from __future__ import annotations

from scopchat.interactions.models import Interaction, Message, Purpose

MOST = 20
"""The latest that are looked at."""


def mass_texts_of(interaction: Interaction) -> list[int]:
    """Those that went to the customer since the conversation before, until this one ended (index `message_mass`)."""
    whom = {"channel_id": interaction.channel_id, "customer": interaction.customer}
    sent = Message.objects.filter(**whom, purpose=Purpose.MASS).order_by("-created_at")
    latest = list(sent.values_list("pk", "created_at")[:MOST])
    if not latest:
        return []
    earlier = Interaction.objects.filter(**whom, id__lt=interaction.pk).order_by("-id")
    since, until = earlier.values_list("closed_at", flat=True).first(), interaction.closed_at
    return [pk for pk, at in latest if (since is None or at > since) and (until is None or at <= until)]
