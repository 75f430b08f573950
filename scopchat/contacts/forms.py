"""What people type about contacts on their own page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from scopchat.contacts.models import MAX_LABEL, MAX_NAME, ContactList, Label
from scopchat.contacts.querysets import MAX_TYPED, ContactQuerySet
from scopchat.contacts.services import Particulars


class ContactForm(forms.Form):
    phone = forms.CharField(
        label=_("Number"), max_length=40, widget=forms.TextInput({"type": "tel", "autocomplete": "off"})
    )
    name = forms.CharField(label=_("Full name"), max_length=MAX_NAME)
    business = forms.CharField(label=_("Business (optional)"), max_length=MAX_NAME, required=False)
    email = forms.EmailField(label=_("E-mail (optional)"), max_length=254, required=False)
    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(), label=_("Labels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    lists = forms.ModelMultipleChoiceField(
        ContactList.objects.none(), label=_("Lists"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        _offer_labels(self.fields["labels"])
        _offer_lists(self.fields["lists"])

    @property
    def particulars(self) -> Particulars:
        return Particulars(**{name: self.cleaned_data[name] for name in ("name", "business", "email")})


class ContactFilter(forms.Form):
    """What the list is narrowed to; nonsense narrows nothing."""

    q = forms.CharField(required=False, max_length=MAX_TYPED)
    label = forms.ModelChoiceField(Label.objects.none(), required=False)
    list = forms.ModelChoiceField(ContactList.objects.none(), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        _offer_labels(self.fields["label"])
        _offer_lists(self.fields["list"])

    def narrowed(self, found: ContactQuerySet) -> ContactQuerySet:
        """What it leaves; what is nonsense in it narrows nothing."""
        text, label, listed = (self.cleaned_data.get(name) for name in ("q", "label", "list"))
        found = found.found_by(text or "")
        if label:
            found = found.filter(labels=label)
        if listed:
            found = found.filter(lists=listed)
        return found

    @property
    def narrows(self) -> dict[str, str]:
        """The same such that this form can be made of it another day."""
        found = {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items() if value}
        return {name: str(value) for name, value in found.items()}


class LabelForm(forms.Form):
    name = forms.CharField(label=_("New label"), max_length=MAX_LABEL)


def _offer_labels(field: forms.Field) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Label.objects.order_by("name")


def _offer_lists(field: forms.Field) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = ContactList.objects.kept().by_name()
