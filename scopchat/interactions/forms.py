"""What people type about interactions. Forms see that it can be read; services decide."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.models import User
from scopchat.channels.models import Channel
from scopchat.common.phones import display
from scopchat.interactions.status import InteractionStatus


class DraftForm(forms.Form):
    """A text, with the key that makes sending it twice send it once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    text = forms.CharField(label=_("Message"), strip=False, required=False, widget=forms.Textarea({"rows": 4}))
    signed = forms.BooleanField(required=False, initial=True)

    def text_by(self, person: User) -> str:
        """What was typed, with the person's signature below it where they want it; nothing typed stays nothing."""
        text: str = self.cleaned_data["text"]
        if not (self.cleaned_data["signed"] and person.signature and text.strip()):
            return text
        return f"{text.rstrip()}\n{person.signature}"


class ChannelField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Channels by name and number."""

    def label_from_instance(self, obj: Channel) -> str:
        return f"{obj.name} · {display(obj.address, obj.company.country)}"


class StartForm(DraftForm):
    channel = ChannelField(
        Channel.objects.none(),
        label=_("Channel"),
        empty_label=None,
        error_messages={"invalid_choice": _("Nothing can be sent from this channel any more.")},
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, widget=forms.TextInput({"type": "tel", "autocomplete": "off"})
    )

    field_order = ("channel", "phone", "text")

    def __init__(self, *args: object, channels: Sequence[Channel], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["channel"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Channel.objects.filter(pk__in=[channel.pk for channel in channels])
            .select_related("company")
            .order_by("name")
        )


class AssignForm(forms.Form):
    to: forms.ModelChoiceField[User] = forms.ModelChoiceField(None, empty_label=None)

    def __init__(self, *args: object, people: QuerySet[User], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people


class ArchiveFilter(forms.Form):
    """What the archive is narrowed to; nonsense narrows nothing."""

    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *InteractionStatus.choices]
    )
    q = forms.CharField(
        label=_("Number"),
        required=False,
        max_length=30,
        widget=forms.TextInput({"type": "search", "inputmode": "tel", "placeholder": _("Number")}),
    )
