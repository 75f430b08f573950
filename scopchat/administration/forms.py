"""What the forms of administrators have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Labels = list[tuple[str, str | Promise]]


class ChoicesForm(forms.Form):
    """A form some of whose choices depend on who fills it in, or on the company."""

    def offer(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def search(placeholder: str | Promise) -> forms.TextInput:
    """The words that a list is narrowed to."""
    return forms.TextInput(
        {"type": "search", "class": "form-control", "placeholder": placeholder, "autocomplete": "off"}
    )


def select() -> forms.Select:
    """One of the choices that a list is narrowed to."""
    return forms.Select({"class": "form-select"})


def username_field() -> forms.CharField:
    return forms.CharField(
        label=_("Username"),
        max_length=60,
        validators=[RegexValidator(r"^[\w.@+-]+\Z", _("Letters, digits and . @ + - _ only, without spaces."))],
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("People sign in with it or with their e-mail."),
    )


def email_field() -> forms.EmailField:
    return forms.EmailField(label=_("E-mail"), max_length=254)
