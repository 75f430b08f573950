"""What people do with toy phones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from scopchat.channels.models import Channel
from scopchat.channels.providers.simulator.models import Outcome
from scopchat.common.gsm import MAX_CHARACTERS

MAX_DELAY_SECONDS = 600


class PhoneForm(forms.Form):
    number = forms.CharField(label=_("Number"), max_length=30)


class TextForm(forms.Form):
    """A text typed on a toy phone."""

    channel: forms.ModelChoiceField[Channel] = forms.ModelChoiceField(Channel.objects.none())
    text = forms.CharField(max_length=2 * MAX_CHARACTERS, required=False)

    def __init__(self, *args: Any, channels: QuerySet[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = channels


class BehaviourForm(forms.Form):
    """What the carrier does with texts to a toy phone."""

    outcome = forms.ChoiceField(choices=Outcome)
    delay_seconds = forms.IntegerField(min_value=0, max_value=MAX_DELAY_SECONDS)
    duplicate = forms.BooleanField(required=False)
    reorder = forms.BooleanField(required=False)
