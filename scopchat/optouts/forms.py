"""What people type about opt-outs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from scopchat.channels.models import Channel
from scopchat.common.phones import display
from scopchat.optouts.models import MAX_NOTE
from scopchat.optouts.origins import Origin
from scopchat.tenancy.models import Company

MAX_TYPED = 100


class ChannelField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none when it runs
    """Channels by name and number."""

    country = ""

    def label_from_instance(self, obj: Channel) -> str:
        return f"{obj.name} · {display(obj.address, self.country)}"


class OptOutForm(forms.Form):
    channel = ChannelField(Channel.objects.none(), label=_("Receiving channel"), empty_label=None)
    phone = forms.CharField(
        label=_("SMS number"), max_length=40, widget=forms.TextInput({"type": "tel", "autocomplete": "off"})
    )
    note = forms.CharField(
        label=_("Note (optional)"),
        max_length=MAX_NOTE,
        required=False,
        help_text=_("How the customer asked for it: by telephone, by e-mail…"),
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        assert isinstance(field, ChannelField)
        field.queryset = Channel.objects.filter(is_active=True).order_by("name", "pk")
        field.country = company.country


class ProofForm(forms.Form):
    proof = forms.CharField(
        label=_("Proof of the new consent"),
        max_length=MAX_NOTE,
        widget=forms.Textarea({"rows": 3, "autofocus": True}),
        help_text=_("When and how the customer said so: a form, a call, an e-mail. It is kept in the log."),
    )


class OptOutFilter(forms.Form):
    """What the list is narrowed to; nonsense narrows nothing."""

    q = forms.CharField(label=_("Name or number"), required=False, max_length=MAX_TYPED)
    channel = forms.ModelChoiceField(
        Channel.objects.none(), label=_("Channel"), required=False, empty_label=_("All channels")
    )
    origin = forms.ChoiceField(label=_("How"), required=False, choices=[("", _("Any origin")), *Origin.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Channel.objects.order_by("name", "pk")

    @property
    def narrows(self) -> dict[str, str]:
        """What it is narrowed to, such that the same form can be made of it another day."""
        found = {name: str(getattr(value, "pk", value)) for name, value in self.cleaned_data.items() if value}
        return {name: text for name, value in found.items() if (text := value.strip())}

    @property
    def words(self) -> list[str]:
        """The same for people, in the language in force."""
        data = self.cleaned_data
        shown = {**data, "origin": Origin(data["origin"]).label if data.get("origin") else ""}
        return [
            _t("%(label)s: %(value)s") % {"label": self.fields[name].label, "value": shown[name]}
            for name in self.narrows
        ]
