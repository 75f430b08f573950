"""Choosing a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from scopchat.accounts import attempts
from scopchat.accounts.models import User
from scopchat.accounts.throttle import TooSoon
from scopchat.common.clock import utc_now


def password_input(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput({"autocomplete": autocomplete})


def confirm(person: User, password: str) -> bool:
    """Whether this is the person's password; a form error when it was asked too often."""
    try:
        return attempts.confirm(person=person, password=password, now=utc_now())
    except TooSoon as refusal:
        raise forms.ValidationError(str(refusal)) from None


class CurrentPassword(forms.Form):
    """The current password, so that nobody changes anything at a screen left open."""

    person: User
    current = forms.CharField(
        label=_("Current password"), max_length=200, strip=False, widget=password_input("current-password")
    )

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not confirm(self.person, current):
            raise forms.ValidationError(_("This is not your current password."))
        return current


class PasswordForm(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("New password"), max_length=200, strip=False, widget=password_input("new-password")
    )
    again = forms.CharField(
        label=_("The same again"), max_length=200, strip=False, widget=password_input("new-password")
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["password"].help_text = _("At least 10 characters; a short sentence is easy to remember.")

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.person)
        if self.is_the_same(password):
            raise forms.ValidationError(_("This is the password you have now. Choose another one."))
        return password

    def is_the_same(self, password: str) -> bool:
        """Whether it is the current one; guessing is slowed down."""
        return self.person.has_usable_password() and confirm(self.person, password)

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if "password" in found and "again" in found and found["password"] != found["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        return found


class OwnPasswordForm(CurrentPassword, PasswordForm):
    """Asks for the current password first."""

    field_order = ("current", "password", "again")

    def is_the_same(self, password: str) -> bool:
        """Said only once the current password was right."""
        return password == self.cleaned_data.get("current")
