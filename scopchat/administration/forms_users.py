"""What administrators type about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from scopchat.accounts.roles import Role

STATES: list[tuple[str, str | Promise]] = [
    ("", pgettext_lazy("people", "Active")),
    ("disabled", pgettext_lazy("people", "Disabled")),
    ("all", pgettext_lazy("people", "All")),
]
PASSWORD, INVITATION = "password", "invitation"
ACCESS: list[tuple[str, str | Promise]] = [
    (PASSWORD, _("Generate a password, which I tell them")),
    (INVITATION, _("Send an invitation by e-mail")),
]


class UserForm(forms.Form):
    """Who a person is. The role is left out where it is not for the reader to change."""

    display_name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role.value, role.label) for role in roles]
        if not roles:
            del self.fields["role"]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class NewUserForm(UserForm):
    """A person who does not exist yet also has a username, which never changes, and needs a way in."""

    username = forms.CharField(
        label=_("Username"),
        max_length=60,
        validators=[RegexValidator(r"^[\w.@+-]+\Z", _("Letters, digits and . @ + - _ only, without spaces."))],
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("People sign in with it or with their e-mail."),
    )
    access = forms.ChoiceField(label=_("First sign-in"), choices=ACCESS, initial=PASSWORD, widget=forms.RadioSelect)

    field_order = ("display_name", "username", "email", "role", "language", "access")


class UserFilter(forms.Form):
    """What the list is narrowed to; nonsense narrows nothing."""

    q = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=80,
        widget=forms.TextInput(
            {
                "type": "search",
                "class": "form-control",
                "placeholder": _("Name, username, e-mail"),
                "autocomplete": "off",
            }
        ),
    )
    role = forms.ChoiceField(label=_("Role"), required=False, widget=forms.Select({"class": "form-select"}))
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=STATES, widget=forms.Select({"class": "form-select"})
    )

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Any role")), *((role.value, role.label) for role in roles)]
