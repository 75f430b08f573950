"""Reads of interactions and messages. Every page begins with `visible_to`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from scopchat.accounts.roles import Permission
from scopchat.contacts.models import Contact, ContactLabel
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.visibility import within_reach

if TYPE_CHECKING:
    from scopchat.accounts.models import User
    from scopchat.interactions.models import Interaction, Message  # noqa: F401  the querysets' rows


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def visible_to(self, user: User) -> Self:
        """What the person may see (the matrix, "see")."""
        return self.filter(within_reach(user, user.reach(Permission.SEE_INTERACTIONS)))

    def not_closed(self) -> Self:
        """The inbox: everything that is not over (index `interaction_inbox`)."""
        return self.exclude(status=InteractionStatus.CLOSED)

    def with_contact(self) -> Self:
        """Each with the contact that has its number, as `contact_shown` reads it."""
        contact = Contact.objects.kept().filter(number=OuterRef("customer"))
        labels = ArraySubquery(ContactLabel.objects.filter(contact=OuterRef("pk")).values("label"))
        shown = JSONObject(name="name", business="business", words="search", labels=labels)
        return self.annotate(contact=Subquery(contact.values(shown=shown)))

    def newest_first(self) -> Self:
        return self.order_by("-last_activity_at", "-id")


class MessageQuerySet(models.QuerySet["Message"]):
    def of_thread(self, interaction_id: int, *, also: Collection[int] = ()) -> Self:
        """The messages of one interaction, and these, oldest first (index `message_thread`)."""
        found = Q(interaction_id=interaction_id)
        return self.filter(found | Q(pk__in=also) if also else found).order_by("id")


class ContactShown(NamedTuple):
    """What lists show of the contact that has an interaction's number; empty where there is none."""

    name: str
    words: str
    """What it is found by."""
    labels: Sequence[int]


def contact_shown(interaction: Interaction) -> ContactShown:
    """As `with_contact` gave it."""
    contact = vars(interaction)["contact"] or {}
    name = contact.get("name") or contact.get("business") or ""
    return ContactShown(name, contact.get("words", ""), contact.get("labels", ()))
