"""What people type about interactions. Forms see that it can be read; services decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.accounts.services import people_of
from scopchat.channels.models import Channel
from scopchat.common.gsm import MAX_CHARACTERS
from scopchat.common.ids import read_id
from scopchat.common.phones import display
from scopchat.contacts.models import ContactList
from scopchat.interactions.archive import Asked
from scopchat.interactions.pauses import moments
from scopchat.interactions.status import InteractionStatus
from scopchat.queues.models import Queue
from scopchat.tenancy.models import Company

MAX_TYPED_NUMBER = 40


class DraftForm(forms.Form):
    """A text, with the key that makes sending it twice send it once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    text = forms.CharField(label=_("Message"), strip=False, required=False, widget=forms.Textarea({"rows": 4}))
    signed = forms.BooleanField(required=False, initial=True)

    @property
    def photos(self) -> list[int]:
        """Ids of the photos that go with it, in their order; the service sees whose they are."""
        chosen = self.data.getlist("photos") if isinstance(self.data, QueryDict) else []
        return [pk for pk in map(read_id, chosen) if pk]

    def text_by(self, person: User) -> str:
        """What was typed, with the person's signature below it where they want it; nothing typed stays nothing."""
        text: str = self.cleaned_data["text"]
        if not (self.cleaned_data["signed"] and person.signature and text.strip()):
            return text
        return f"{text.rstrip()}\n{person.signature}"


class ReplyForm(DraftForm):
    """An answer to the customer, or a note that only colleagues see."""

    is_note = forms.BooleanField(required=False)


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
        label=_("Phone or contact"), max_length=MAX_TYPED_NUMBER, widget=forms.TextInput({"autocomplete": "off"})
    )

    field_order = ("channel", "phone", "text")

    def __init__(self, *args: object, channels: Sequence[Channel], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["channel"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Channel.objects.filter(pk__in=[channel.pk for channel in channels])
            .select_related("company")
            .order_by("name", "pk")
        )


class RecipientFilter(forms.Form):
    """The list whose contacts are offered; nonsense narrows nothing."""

    list = forms.ModelChoiceField(ContactList.objects.none(), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["list"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = ContactList.objects.kept().by_name()


class TransferForm(forms.Form):
    """A colleague or a queue, and what to tell them."""

    to = forms.ChoiceField()
    note = forms.CharField(required=False, max_length=MAX_CHARACTERS)

    def __init__(self, *args: object, people: QuerySet[User], queues: QuerySet[Queue], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.recipients: dict[str, User | Queue] = {
            **{f"person-{one.pk}": one for one in people},
            **{f"queue-{queue.pk}": queue for queue in queues},
        }
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, key) for key in self.recipients]

    @property
    def recipient(self) -> User | Queue:
        return self.recipients[self.cleaned_data["to"]]


class PauseForm(forms.Form):
    """One of the moments that were offered, or a date and a time of one's own."""

    until = forms.CharField()
    date = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))
    time = forms.TimeField(required=False, widget=forms.TimeInput({"type": "time"}))

    def __init__(self, *args: object, now: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.moments = {moment.key: moment.at for moment in moments(now)}

    def clean(self) -> None:
        chosen = self.cleaned_data.get("until")
        if chosen == "pick":
            if not (self.cleaned_data.get("date") and self.cleaned_data.get("time")):
                raise forms.ValidationError(_("Choose a date and a time."))
            local = datetime.combine(self.cleaned_data["date"], self.cleaned_data["time"])
            try:
                self.cleaned_data["at"] = make_aware(local).astimezone(UTC)
            except OverflowError:
                raise forms.ValidationError(_("Choose a date and a time.")) from None
        elif chosen in self.moments:
            self.cleaned_data["at"] = self.moments[chosen]
        else:
            raise forms.ValidationError(_("Choose a moment that is still to come."))


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__({"class": "form-control"}, format="%Y-%m-%d")


class ArchiveFilter(forms.Form):
    """What the archive is narrowed to; nonsense narrows nothing."""

    q = forms.CharField(
        label=_("Words or number"),
        required=False,
        strip=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "class": "form-control", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Any status")), *InteractionStatus.choices],
    )
    channel = forms.ModelChoiceField(
        Channel.objects.none(), label=_("Channel"), required=False, empty_label=_("Any channel")
    )
    queue = forms.ModelChoiceField(Queue.objects.none(), label=_("Queue"), required=False, empty_label=_("Any queue"))
    person: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        None, label=_("Person"), required=False, empty_label=_("Any person")
    )
    since = forms.DateField(label=_("From"), required=False, widget=_Day())
    until = forms.DateField(label=_("To"), required=False, widget=_Day())

    def __init__(self, *args: object, person: User, company: Company, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        everything = person.reach(Permission.SEE_INTERACTIONS) >= Reach.COMPANY
        found = {
            "channel": Channel.objects.order_by("name", "pk"),
            "queue": Queue.objects.order_by("name", "pk"),
            "person": people_of(company),
        }
        for name, choices in found.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = choices
            if not everything:
                # Whose conversations they do not see, they need not know of.
                del self.fields[name]

    @property
    def asked(self) -> Asked:
        """What was asked for, but for what was typed; days are those of the reader."""
        data = self.cleaned_data
        since, until = data.get("since"), data.get("until")
        return Asked(
            status=data.get("status", ""),
            channel=data.get("channel"),
            queue=data.get("queue"),
            person=data.get("person"),
            since=_midnight(since) if since else None,
            until=_midnight(until + timedelta(days=1)) if until and until < date.max else None,
        )

    @property
    def narrows(self) -> dict[str, str]:
        """What it is narrowed to, such that the same form can be made of it another day."""
        found = {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items() if value}
        return {name: text for name, value in found.items() if (text := str(value).strip())}

    @property
    def words(self) -> list[str]:
        """The same for people, in the language in force."""
        status = {"status": InteractionStatus(self.cleaned_data["status"]).label} if self.narrows.get("status") else {}
        return [
            _("%(label)s: %(value)s") % {"label": self.fields[name].label, "value": _shown(value)}
            for name, value in {**self.cleaned_data, **status}.items()
            if name in self.narrows
        ]

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.values())


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def _shown(value: object) -> str:
    return date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else str(value).strip()
