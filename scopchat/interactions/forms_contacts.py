"""What people type about the customer of a conversation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from scopchat.contacts.models import MAX_LABEL, MAX_NAME, MAX_NOTE, Label


class CustomerForm(forms.Form):
    name = forms.CharField(label=_("Full name"), max_length=MAX_NAME)
    business = forms.CharField(label=_("Business (optional)"), max_length=MAX_NAME, required=False)
    email = forms.EmailField(label=_("E-mail (optional)"), max_length=254, required=False)


class LabelsForm(forms.Form):
    """Labels that there are, and for who may make one, the name of a new one."""

    labels = forms.ModelMultipleChoiceField(Label.objects.none(), required=False)
    name = forms.CharField(label=_("New label (optional)"), max_length=MAX_LABEL, required=False)

    def __init__(self, *args: object, may_make: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["labels"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Label.objects.all()
        if not may_make:
            del self.fields["name"]


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"), max_length=MAX_NOTE, widget=forms.Textarea({"rows": 4, "dir": "auto", "autofocus": True})
    )
