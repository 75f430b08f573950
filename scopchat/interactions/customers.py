"""What a page shows of the customer of a conversation: the contact with their number, if the company has one."""

from __future__ import annotations

from typing import Any

from scopchat.accounts.access import PersonRequest
from scopchat.accounts.roles import Permission
from scopchat.common.faces import hue_of
from scopchat.common.phones import display, is_number
from scopchat.contacts.services import contact_of
from scopchat.interactions.models import Interaction

MAX_NOTES = 50
"""The latest are shown."""


def customer_context(request: PersonRequest, interaction: Interaction) -> dict[str, Any]:
    """What `customer.html` and the thread's head are given."""
    contact = contact_of(interaction.customer)
    number = display(interaction.customer, request.company.country)
    context: dict[str, Any] = {
        "interaction": interaction,
        "person": request.user,
        "contact": contact,
        "customer": number,
        "called": (contact.called if contact else "") or number,
        "badge": contact.initials if contact else interaction.customer[-2:],
        "hue": hue_of(interaction.customer),
        "may_name": contact is None and is_number(interaction.customer) and request.user.may(Permission.USE_CONTACTS),
        "may_edit_contact": contact is not None and request.user.may(Permission.EDIT_CONTACTS),
    }
    if contact:
        context["labels"] = contact.labels.order_by("name")
        context["notes"] = contact.notes.select_related("author").order_by("-id")[:MAX_NOTES]
    return context


def called(interaction: Interaction, country: str) -> str:
    """The contact's name, or the number as people of the country write it."""
    contact = contact_of(interaction.customer)
    return (contact.called if contact else "") or display(interaction.customer, country)
