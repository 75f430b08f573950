"""The file of contacts that somebody chooses."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.FileInput({"accept": ".csv,.txt,text/csv"}),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )
