"""Choosing a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.models import User


def password_input(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput({"autocomplete": autocomplete})


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
        if self.person.has_usable_password() and self.person.check_password(password):
            raise forms.ValidationError(_("This is the password you have now. Choose another one."))
        return password

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if "password" in found and "again" in found and found["password"] != found["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        return found


class OwnPasswordForm(PasswordForm):
    """With the present password first, so that nobody changes it at a screen that was left open."""

    current = forms.CharField(
        label=_("Current password"), max_length=200, strip=False, widget=password_input("current-password")
    )

    field_order = ("current", "password", "again")

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.person.check_password(current):
            raise forms.ValidationError(_("This is not your current password."))
        return current
