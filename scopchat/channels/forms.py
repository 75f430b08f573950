"""What administrators type about providers and channels."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.models import User
from scopchat.accounts.services import people_of
from scopchat.channels.loans import providers_for
from scopchat.channels.models import Channel, Destination, Provider
from scopchat.channels.providers.credentials import CredentialField
from scopchat.channels.providers.protocol import Adapter
from scopchat.common.crypto import UnreadableSecrets
from scopchat.common.phones import BadNumber, to_address
from scopchat.queues.models import Queue
from scopchat.tenancy.models import Company

MAX_SEGMENTS_PER_SECOND = 1000
SIMULATOR = "simulator"


class ProviderForm(forms.Form):
    """A carrier account. Secrets can be written and never read: a blank one keeps what is stored."""

    name = forms.CharField(label=_("Name"), max_length=80)

    def __init__(self, *args: Any, adapter: Adapter, provider: Provider | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.adapter = adapter
        if provider:
            self.fields["name"].initial = provider.name
        if adapter.kind == SIMULATOR:
            return
        known = provider.credentials if provider and not isinstance(provider.credentials, UnreadableSecrets) else {}
        for wanted in adapter.credential_fields:
            stored = bool(known.get(wanted.name))
            shown = "" if wanted.secret else known.get(wanted.name, "")
            self.fields[wanted.name] = forms.CharField(
                label=wanted.label,
                initial=shown,
                required=not (wanted.secret and stored),
                help_text=_("Stored. Leave blank to keep it.") if wanted.secret and stored else "",
                widget=forms.PasswordInput({"autocomplete": "off"}) if wanted.secret else forms.TextInput,
                validators=[_shape_of(wanted)] if wanted.shape else [],
            )
        self.fields["api_base_url"] = forms.CharField(
            label=_("API address"),
            initial=provider.api_base_url if provider else adapter.default_api_base_url,
            max_length=300,
            widget=forms.URLInput,
            help_text=_("Change it only for a region or a test server of the carrier."),
        )

    def clean_api_base_url(self) -> str:
        """Whether the server may call it is decided when it is called; here it only has to be an address."""
        address = str(self.cleaned_data["api_base_url"]).strip()
        if not _is_address(address):
            raise forms.ValidationError(_("This is not an address that begins with https://."))
        return address

    @property
    def credentials(self) -> dict[str, str]:
        """What was typed; the simulator's secret is nobody's to choose."""
        if self.adapter.kind == SIMULATOR:
            return {"secret": secrets.token_urlsafe(24)}
        names = [wanted.name for wanted in self.adapter.credential_fields]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


def _shape_of(wanted: CredentialField) -> RegexValidator:
    """Refuses at once what the carrier would refuse at the first text: half a value, or another field's."""
    words = gettext("This cannot be right: it has the form %(shape)s.") % {"shape": wanted.looks_like}
    return RegexValidator(rf"\A{wanted.shape}\Z", words)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # Brackets or a port that are none.
        return False


class ChannelForm(forms.Form):
    """Where a channel's messages go, and how fast it may send; how fast a lent one may, the lender says."""

    name = forms.CharField(label=_("Name"), max_length=80)
    destination = forms.ChoiceField(
        label=_("Messages go to"), choices=Destination, widget=forms.RadioSelect, initial=Destination.QUEUE
    )
    queue: forms.ModelChoiceField[Queue] = forms.ModelChoiceField(
        Queue.objects.none(), label=_("Queue"), required=False, empty_label=_("None")
    )
    users: forms.ModelMultipleChoiceField[User] = forms.ModelMultipleChoiceField(
        None, label=_("Users"), required=False, widget=forms.CheckboxSelectMultiple
    )
    throughput = forms.IntegerField(
        label=_("Segments per second"),
        min_value=1,
        max_value=MAX_SEGMENTS_PER_SECOND,
        initial=1,
        help_text=_("What the carrier allows for this number; ordinary long numbers take 1."),
    )

    def __init__(self, *args: Any, company: Company, channel: Channel | None = None, **kwargs: Any) -> None:
        if channel:
            kwargs["initial"] = {
                "name": channel.name,
                "destination": channel.destination,
                "queue": channel.queue_id,
                "users": list(channel.users.values_list("pk", flat=True)),
                "throughput": channel.throughput,
            }
        super().__init__(*args, **kwargs)
        self.company = company
        if channel and channel.is_lent_whole:
            del self.fields["throughput"]
        self._choose("queue", Queue.objects.not_closed().order_by("name", "pk"))
        self._choose("users", people_of(company))

    def _choose(self, name: str, queryset: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queryset

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or {}
        if chosen.get("destination") == Destination.QUEUE and not chosen.get("queue"):
            self.add_error("queue", _("Choose the queue."))
        if chosen.get("destination") == Destination.USERS and not chosen.get("users"):
            self.add_error("users", _("Choose at least one person."))
        return chosen


class ProviderField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Providers by name, and by whom they are lent."""

    company: Company

    def label_from_instance(self, obj: Provider) -> str:
        if obj.company_id == self.company.pk:
            return obj.name
        return gettext("%(name)s, lent by %(lender)s") % {"name": obj.name, "lender": obj.company.name}


class NewChannelForm(ChannelForm):
    """A channel that does not exist yet also has a number and a provider, which never change."""

    address = forms.CharField(
        label=_("Number"),
        max_length=20,
        help_text=_("A telephone number, a short code or an alphanumeric sender."),
    )
    provider = ProviderField(Provider.objects.none(), label=_("Provider"), empty_label=None)

    field_order = ("name", "address", "provider", "destination", "queue", "users", "throughput")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["provider"]
        assert isinstance(field, ProviderField)
        field.company = self.company
        field.queryset = providers_for(self.company)

    def clean_address(self) -> str:
        try:
            return to_address(self.cleaned_data["address"], country=self.company.country)
        except BadNumber as refusal:
            raise forms.ValidationError(refusal.words) from None
