"""What people write into a canned reply."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from scopchat.canned.merging import unknown_fields
from scopchat.canned.models import MAX_NAME
from scopchat.common.gsm import MAX_CHARACTERS


class CannedForm(forms.Form):
    name = forms.RegexField(
        r"^[\w][\w -]*$",
        label=_("Name"),
        max_length=MAX_NAME,
        help_text=_("What one types after “/” to find it, such as opening-hours."),
        error_messages={"invalid": _("Only letters, digits and hyphens.")},
    )
    text = forms.CharField(
        label=_("Text"), max_length=MAX_CHARACTERS, strip=True, widget=forms.Textarea({"rows": 6, "dir": "auto"})
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        unknown = unknown_fields(text)
        if unknown:
            raise forms.ValidationError(gettext("There is no field {%(name)s}.") % {"name": unknown[0]})
        return text


class CannedFilter(forms.Form):
    q = forms.CharField(required=False, max_length=100)
