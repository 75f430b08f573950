"""What people fill in of a mass send."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from scopchat.channels.models import Channel
from scopchat.common.gsm import MAX_CHARACTERS
from scopchat.common.phones import display
from scopchat.contacts.models import ContactList, Label
from scopchat.masssends.audience import MAX_TYPED, Audience, read_numbers
from scopchat.masssends.models import MAX_CLOSING, MAX_REASON, MAX_TITLE, MassSend, SendState
from scopchat.masssends.results import Outcome
from scopchat.masssends.services.drafting import Wording
from scopchat.tenancy.models import Company

EVENING, MORNING = time(21), time(9)
MAX_PACE = 60_000
"""Segments a minute."""


class ChannelField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none when it runs
    """Channels by name and number."""

    company: Company

    def label_from_instance(self, obj: Channel) -> str:
        return f"{obj.name} · {display(obj.address, self.company.country)}"


class MassSendForm(forms.Form):
    title = forms.CharField(label=_("Title (for you, it is not sent)"), max_length=MAX_TITLE, required=False)
    channel = ChannelField(Channel.objects.none(), label=_("Channel"), empty_label=None)
    text = forms.CharField(
        label=_("Message"), strip=False, max_length=2 * MAX_CHARACTERS, widget=forms.Textarea({"rows": 5})
    )
    closing = forms.CharField(
        label=_("Sender and way out"),
        max_length=MAX_CLOSING,
        required=False,
        help_text=_("Added at the end of each text, as the law asks."),
    )
    no_closing = forms.CharField(label=_("Why this text needs none"), max_length=MAX_REASON, required=False)
    everybody = forms.BooleanField(label=_("All contacts"), required=False)
    lists = forms.ModelMultipleChoiceField(
        ContactList.objects.none(), label=_("Lists"), required=False, widget=forms.CheckboxSelectMultiple
    )
    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(), label=_("Labels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    numbers = forms.CharField(
        label=_("Numbers"),
        required=False,
        max_length=25 * MAX_TYPED,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One on each line, or with commas between them."),
    )
    without = forms.ModelMultipleChoiceField(
        ContactList.objects.none(), label=_("But not"), required=False, widget=forms.CheckboxSelectMultiple
    )
    starts_at = forms.DateTimeField(
        label=_("Begins on (at once where it is empty)"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    quiet = forms.BooleanField(
        label=_("Keep quiet hours"),
        required=False,
        initial=True,
        help_text=_("Nothing between 21:00 and 9:00 where the recipient is, by their number; else by your time."),
    )
    pace = forms.IntegerField(
        label=_("Segments a minute, at the most"),
        required=False,
        min_value=1,
        max_value=MAX_PACE,
        help_text=_("As fast as the channel may where it is empty."),
    )

    def __init__(self, *args: Any, company: Company, mass_send: MassSend | None = None, **kwargs: Any) -> None:
        self.company = company
        kwargs["initial"] = _initial_of(mass_send) if mass_send else {"closing": closing_of(company)}
        super().__init__(*args, **kwargs)
        offered = {
            "channel": Channel.objects.filter(is_active=True).order_by("name", "pk"),
            "lists": ContactList.objects.kept().order_by("search", "pk"),
            "without": ContactList.objects.kept().order_by("search", "pk"),
            "labels": Label.objects.order_by("name"),
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = choices
        channel = self.fields["channel"]
        assert isinstance(channel, ChannelField)
        channel.company = company

    def clean_numbers(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found, invalid = read_numbers(self.cleaned_data["numbers"].replace("\0", " "), country=self.company.country)
        if len(found) + len(invalid) > MAX_TYPED:
            raise forms.ValidationError(_t("At most %(most)d numbers; bring more by a file.") % {"most": MAX_TYPED})
        return found, invalid

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("closing") and not data.get("no_closing"):
            self.add_error("no_closing", _t("Say who writes and how to leave, or why this text needs neither."))
        return data

    @property
    def wording(self) -> Wording:
        data = self.cleaned_data
        numbers, invalid = data["numbers"]
        return Wording(
            text=data["text"],
            title=data["title"],
            closing=data["closing"],
            no_closing="" if data["closing"] else data["no_closing"],
            audience=Audience(
                lists=_ids(data["lists"]),
                labels=_ids(data["labels"]),
                without=_ids(data["without"]),
                numbers=numbers,
                invalid=invalid,
                everybody=data["everybody"],
            ),
            starts_at=data["starts_at"],
            quiet_from=EVENING if data["quiet"] else time(0),
            quiet_until=MORNING if data["quiet"] else time(0),
            pace=data["pace"],
        )


class MassSendFilter(forms.Form):
    """What the list is narrowed to; nonsense narrows nothing."""

    q = forms.CharField(required=False, max_length=100)
    state = forms.ChoiceField(required=False, choices=[("", _("Any status")), *SendState.choices])
    channel = forms.ModelChoiceField(Channel.objects.none(), required=False, empty_label=_("Any channel"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Channel.objects.order_by("name", "pk")


class RecipientFilter(forms.Form):
    """Which recipients a page shows; nonsense narrows nothing."""

    q = forms.CharField(required=False, max_length=100)
    outcome = forms.ChoiceField(required=False, choices=[("", ""), *Outcome.choices])

    @classmethod
    def read(cls, asked: QueryDict) -> tuple[str, str]:
        """An outcome, and what was typed of a recipient."""
        form = cls(asked)
        form.is_valid()
        return form.cleaned_data.get("outcome", ""), form.cleaned_data.get("q", "")


class ConfirmForm(forms.Form):
    typed = forms.CharField(required=False, max_length=20)

    @property
    def number(self) -> int | None:
        """The digits of what was typed: people may write 12 345."""
        digits = "".join(filter(str.isdecimal, self.cleaned_data.get("typed", "")))
        return int(digits) if digits else None


def closing_of(company: Company) -> str:
    """Who writes and how to leave, in the company's language."""
    with translation.override(company.language):
        return (_t("%(company)s. Reply STOP to get no more.") % {"company": company.name})[:MAX_CLOSING]


def _initial_of(mass_send: MassSend) -> dict[str, Any]:
    audience = Audience.of(mass_send.audience)
    return {
        "title": mass_send.title,
        "channel": mass_send.channel_id,
        "text": mass_send.text,
        "closing": mass_send.closing,
        "no_closing": mass_send.no_closing,
        "everybody": audience.everybody,
        "lists": audience.lists,
        "labels": audience.labels,
        "without": audience.without,
        "numbers": "\n".join((*audience.numbers, *audience.invalid)),
        "starts_at": _local(mass_send.starts_at),
        "quiet": not mass_send.has_no_night,
        "pace": mass_send.pace,
    }


def _local(at: datetime | None) -> datetime | None:
    return localtime(at) if at else None


def _ids(chosen: Any) -> tuple[int, ...]:
    return tuple(one.pk for one in chosen)
