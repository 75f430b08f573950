"""What administrators type about times when nobody is there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scopchat.automation.models import Absence, Fallback, OpeningHours, ReplyTexts
from scopchat.automation.services.settings import WhenNobody
from scopchat.channels.models import Channel
from scopchat.common.gsm import MAX_CHARACTERS
from scopchat.queues.models import Queue

DAY, MONTH = 24 * 60, 31 * 24
"""Minutes; hours."""


def _text(label: Any, **more: Any) -> forms.CharField:
    widget = forms.Textarea({"rows": 3, "dir": "auto"})
    return forms.CharField(label=label, max_length=MAX_CHARACTERS, required=False, widget=widget, **more)


def _after(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=most)


class FallbackForm(forms.Form):
    """What happens when nobody is there: `fallback` once it is clean."""

    hours: forms.ModelChoiceField[OpeningHours] = forms.ModelChoiceField(
        OpeningHours.objects.none(), label=_("Opening hours"), required=False, empty_label=_("Always open")
    )
    closed_reply = _text(_("When it is closed"))
    nobody_reply = _text(_("When it is open and nobody is online"))
    escalate_after = _after(_("Bring to the managers what nobody takes, after"), DAY)
    close_after = _after(_("Close what nobody takes, after"), MONTH)
    absent_after = _after(_("A customer waits for somebody who is not there, for"), DAY)
    absence = forms.ChoiceField(label=_("After that"), choices=Absence, widget=forms.RadioSelect)
    closing_text = _text(
        _("Text at the closing (optional)"), help_text=_("What the customer gets when it is closed so.")
    )

    def __init__(self, *args: Any, place: Channel | Queue, **kwargs: Any) -> None:
        of = {"channel": place} if isinstance(place, Channel) else {"queue": place}
        stored: Fallback = Fallback.objects.filter(**of).first() or Fallback()
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(stored, name) for name in WhenNobody.__slots__}
        hours = self.fields["hours"]
        assert isinstance(hours, forms.ModelChoiceField)
        hours.queryset = OpeningHours.objects.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("closed_reply") and not values.get("hours") and "hours" not in self.errors:
            self.add_error("hours", _("Without opening hours it is never closed."))
        if not self.errors:
            values["fallback"] = WhenNobody(**{name: values[name] for name in WhenNobody.__slots__})
        return values


class ChannelFallbackForm(FallbackForm):
    """And what the channel says to keywords: `texts` once it is clean."""

    left = _text(_("When somebody leaves (STOP)"))
    returned = _text(_("When somebody comes back (START)"))
    asked_for_help = _text(_("When somebody asks for help (HELP)"))

    def __init__(self, *args: Any, place: Channel, **kwargs: Any) -> None:
        super().__init__(*args, place=place, **kwargs)
        stored: ReplyTexts = ReplyTexts.objects.filter(channel=place).first() or ReplyTexts()
        self.initial.update({name: getattr(stored, name) for name in TEXTS})

    @property
    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in TEXTS}


TEXTS = ("left", "returned", "asked_for_help")
