"""What administrators type about companies below."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from scopchat.administration.forms import ChoicesForm, Labels, search, select
from scopchat.common.regions import countries, currencies, number, time_zones
from scopchat.tenancy.kinds import ALLOWED_CHILDREN, Kind
from scopchat.tenancy.limits import most_allowed
from scopchat.tenancy.models import Company
from scopchat.tenancy.resources import Resource

MAX_LIMIT = 2_000_000_000
"""The highest limit that fits in its column."""


class CompanyForm(ChoicesForm):
    """What a company is called and where it is. A new one starts from the settings of the one above."""

    name = forms.CharField(label=_("Name"), max_length=120)
    country = forms.ChoiceField(label=_("Country"), help_text=_("Numbers typed in local form are read as of there."))
    time_zone = forms.ChoiceField(label=_("Time zone"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    currency = forms.ChoiceField(label=_("Currency"))

    def __init__(self, *args: Any, company: Company, name: str = "", **kwargs: Any) -> None:
        initial = {each: getattr(company, each) for each in ("country", "time_zone", "language", "currency")}
        kwargs["initial"] = {"name": name, **initial}
        super().__init__(*args, **kwargs)
        language = get_language() or settings.LANGUAGE_CODE
        self._offer_with("country", countries(language), company.country)
        self._offer_with("currency", currencies(language), company.currency)
        zones = time_zones(language, company.country)
        known = {zone for _country, cities in zones for zone, _city in cities}
        own = [] if company.time_zone in known else [(company.time_zone, company.time_zone)]
        self.offer("time_zone", [*own, *zones])

    def _offer_with(self, name: str, choices: list[tuple[str, str]], present: str) -> None:
        """The current value can be kept, even if it is no longer offered."""
        own = [] if present in dict(choices) else [(present, present)]
        self.offer(name, [*own, *choices])


class NewCompanyForm(CompanyForm):
    """A company that does not exist yet also has a kind, which never changes."""

    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)

    field_order = ("kind", "name", "country", "time_zone", "language", "currency")

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        allowed = ALLOWED_CHILDREN[Kind(company.kind)]
        kinds = [(kind.value, kind.label) for kind in Kind if kind in allowed]
        self.offer("kind", kinds)
        if kinds:
            self.fields["kind"].initial = kinds[-1][0]

    def clean_kind(self) -> Kind:
        return Kind(self.cleaned_data["kind"])


class LimitsForm(forms.Form):
    """What a company may have. A field left blank sets no limit of its own."""

    max_users = forms.IntegerField(label=_("Users"), required=False, min_value=0, max_value=MAX_LIMIT)
    max_channels = forms.IntegerField(label=_("Channels"), required=False, min_value=0, max_value=MAX_LIMIT)
    max_segments_day = forms.IntegerField(label=_("Segments a day"), required=False, min_value=0, max_value=MAX_LIMIT)
    max_segments_month = forms.IntegerField(
        label=_("Segments a month"), required=False, min_value=0, max_value=MAX_LIMIT
    )
    mass_sends = forms.BooleanField(label=_("Mass sends allowed"), required=False)

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(company, name) for name in [*Resource.values, "mass_sends"]}
        super().__init__(*args, **kwargs)
        language = get_language() or settings.LANGUAGE_CODE
        for resource in Resource:
            most = most_allowed(company, resource)
            if most is not None:
                self.fields[resource.value].help_text = _("At most %(n)s are left above.") % {
                    "n": number(most, language)
                }

    @property
    def maxima(self) -> dict[Resource, int | None]:
        """The limits that were typed; only for a valid form."""
        return {resource: self.cleaned_data[resource.value] for resource in Resource}


SHOWN: Labels = [
    ("", _("In use")),
    ("active", _("Active")),
    ("off", _("Deactivated")),
    ("archived", _("Archived")),
]


class CompanyFilter(forms.Form):
    """The filters of the tree; invalid values are ignored."""

    q = forms.CharField(label=_("Name"), required=False, max_length=80, widget=search(_("Find a company")))
    state = forms.ChoiceField(label=_("State"), required=False, choices=SHOWN, widget=select())
