"""What people type about lists of contacts."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from scopchat.contacts.consent import MAX_SOURCE, Basis
from scopchat.contacts.listing import ListParticulars
from scopchat.contacts.models import MAX_DESCRIPTION, MAX_LIST
from scopchat.contacts.querysets import MAX_TYPED

COME = MaxValueValidator(localdate, _("This day has not come yet."))


class ListForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=MAX_LIST)
    description = forms.CharField(label=_("Description (optional)"), max_length=MAX_DESCRIPTION, required=False)
    consent_basis = forms.ChoiceField(
        label=_("Basis of consent"),
        choices=Basis.choices,
        required=False,
        help_text=_("What allows your company to write to these contacts."),
    )
    consent_source = forms.CharField(
        label=_("Where consent comes from (optional)"),
        max_length=MAX_SOURCE,
        required=False,
        help_text=_("For example a form, a contract, a call."),
    )
    consent_since = forms.DateField(
        label=_("Consent since (optional)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        validators=[MinValueValidator(date(1970, 1, 1)), COME],
    )

    @property
    def particulars(self) -> ListParticulars:
        return ListParticulars(**self.cleaned_data)


class Search(forms.Form):
    """What is looked for; nonsense narrows nothing."""

    q = forms.CharField(required=False, max_length=MAX_TYPED)

    @property
    def typed(self) -> str:
        text: str = self.cleaned_data.get("q", "") if self.is_valid() else ""
        return text
