"""What administrators type about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from scopchat.accounts.roles import Role
from scopchat.administration.forms import ChoicesForm, Labels, email_field, search, select, username_field

STATES: Labels = [
    ("", pgettext_lazy("people", "Active")),
    ("disabled", pgettext_lazy("people", "Disabled")),
    ("all", pgettext_lazy("people", "All")),
]
PASSWORD, INVITATION = "password", "invitation"
ACCESS: Labels = [
    (PASSWORD, _("Generate a password, which I tell them")),
    (INVITATION, _("Send an invitation by e-mail")),
]


class UserForm(ChoicesForm):
    """Who a person is. The role is left out where it is not for the reader to change."""

    display_name = forms.CharField(label=_("Name"), max_length=120)
    email = email_field()
    role = forms.ChoiceField(label=_("Role"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("role", _labelled(roles))
        if not roles:
            del self.fields["role"]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class NewUserForm(UserForm):
    """A person who does not exist yet also has a username, which never changes, and needs a way in."""

    username = username_field()
    access = forms.ChoiceField(label=_("First sign-in"), choices=ACCESS, initial=PASSWORD, widget=forms.RadioSelect)

    field_order = ("display_name", "username", "email", "role", "language", "access")


class UserFilter(ChoicesForm):
    """What the list is narrowed to; nonsense narrows nothing."""

    q = forms.CharField(label=_("Person"), required=False, max_length=80, widget=search(_("Name, username, e-mail")))
    role = forms.ChoiceField(label=_("Role"), required=False, widget=select())
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES, widget=select())

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("role", [("", _("Any role")), *_labelled(roles)])


class ReturningForm(forms.Form):
    """Under which names a person comes back to whom they belonged to."""

    username = username_field()
    email = email_field()


def _labelled(roles: list[Role]) -> list[tuple[str, str]]:
    return [(role.value, str(role.label)) for role in roles]
