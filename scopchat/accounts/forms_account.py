"""What people type about their own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.forms_password import CurrentPassword
from scopchat.accounts.models import Theme, User


class AccountForm(forms.Form):
    """What a person is called, and how the product behaves for them."""

    display_name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As your colleagues see it."))
    signature = forms.CharField(
        label=_("Signature"),
        required=False,
        max_length=160,
        widget=forms.TextInput({"placeholder": _("Sophie, Laurier Clinic")}),
        help_text=_("At the end of your texts to customers, unless you leave it out of one; 160 characters at most."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme)
    notification_sounds = forms.BooleanField(label=_("Sound when a text arrives"), required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(person, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def clean_theme(self) -> Theme:
        return Theme(self.cleaned_data["theme"])


class EmailForm(CurrentPassword):
    """A new e-mail address; the current password confirms it."""

    prefix = "email"

    email = forms.EmailField(label=_("New e-mail"), max_length=254)

    field_order = ("email", "current")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
