"""What administrators type about the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from scopchat.administration.audit_log import Narrowed
from scopchat.administration.forms import ChoicesForm, search, select
from scopchat.audit.catalogue import GROUPS, Verb

REAL_DAYS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
"""Others have no day after them, or none in some time zone."""


def day_input() -> forms.DateInput:
    """The browser's own calendar, which speaks ISO whatever the language."""
    return forms.DateInput({"type": "date", "class": "form-control"}, "%Y-%m-%d")


class AuditFilter(ChoicesForm):
    """What the log is narrowed to; nonsense narrows nothing."""

    q = forms.CharField(label=_("Words"), required=False, max_length=80, widget=search(_("Name, number, IP address…")))
    verb = forms.ChoiceField(label=_("Action"), required=False, widget=select())
    person = forms.TypedChoiceField(label=_("Person"), required=False, coerce=int, empty_value=None, widget=select())
    begin = forms.DateField(label=_("From"), required=False, widget=day_input(), validators=REAL_DAYS)
    end = forms.DateField(label=_("To"), required=False, widget=day_input(), validators=REAL_DAYS)

    def __init__(self, *args: Any, people: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("verb", [("", _("Any action")), *_verbs()])
        self.offer("person", [("", _("Anyone")), *people])

    @property
    def narrowed(self) -> Narrowed:
        self.is_valid()
        found = self.cleaned_data
        return Narrowed(
            person=found.get("person"),
            verb=found.get("verb", ""),
            begin=found.get("begin"),
            end=found.get("end"),
            text=found.get("q", ""),
        )


def _verbs() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """The catalogue by groups."""
    return [
        (GROUPS[group], [(verb.value, verb.label) for verb in verbs])
        for group, verbs in groupby(Verb, key=lambda verb: verb.group)
    ]
