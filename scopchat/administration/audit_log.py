"""What the page of the audit log shows and exports: entries the person may see, narrowed, latest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.audit.catalogue import DETAILS, MEANS
from scopchat.audit.models import Entry
from scopchat.audit.querysets import EntryQuerySet
from scopchat.channels.providers.base import AccountCheck
from scopchat.contacts.consent import Basis
from scopchat.queues.distribution import Mode, Priority
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company

PAGE = 50
EXPORT_PAGE = 1000
"""Entries read at once for an export, which may be of any length."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the log is narrowed to."""

    person: int | None = None
    verb: str = ""
    begin: date | None = None
    end: date | None = None
    """The last day that counts."""
    text: str = ""

    @property
    def is_everything(self) -> bool:
        return self == Narrowed()


def visible(user: User, company: Company) -> EntryQuerySet:
    """What the person may see while looking at `company`: it alone, or for who is above companies its branch."""
    found: EntryQuerySet = Entry.objects.under(company.path)
    return found if sees_below(user) else found.filter(company_id=company.pk)


def sees_below(user: User) -> bool:
    return user.reach(Permission.SEE_AUDIT) == Reach.SUBTREE


def tells_all(entry: Entry, user: User, company: Company) -> bool:
    """Whether who did it, and from where, is shown to the person who looks at `company`.

    Of people of companies above, a company sees the company alone (docs/decisions/0020).
    """
    return sees_below(user) or entry.person_company_id in {None, company.pk}


def mentioning(found: EntryQuerySet, text: str, user: User, company: Company) -> EntryQuerySet:
    """What has all these words in what is shown of it, so that nobody finds by guessing what is not."""
    if not text or sees_below(user):
        return found.mentioning(text)
    shown_whole = Q(person_company_id=None) | Q(person_company_id=company.pk)
    in_part = ~shown_whole
    for word in text.split():
        in_part &= Q(person_company_name__icontains=word) | Q(object_label__icontains=word) | Q(details__icontains=word)
    return found.filter(shown_whole).mentioning(text) | found.filter(in_part)


def narrowed(found: EntryQuerySet, by: Narrowed, *, zone: ZoneInfo) -> EntryQuerySet:
    """All that `by` asks for but its text. Its days are those of `zone`."""
    if by.person is not None:
        found = found.filter(person_id=by.person)
    if by.verb:
        found = found.filter(verb=by.verb)
    begin = datetime.combine(by.begin, time(), zone) if by.begin else None
    end = datetime.combine(by.end, time(), zone) + timedelta(days=1) if by.end else None
    return found.between(begin, end)


class Detail(NamedTuple):
    """One line of what an action was. `before` is None where there is no before."""

    label: str | Promise
    before: str | None
    after: str


def details_of(entry: Entry) -> list[Detail]:
    """The entry's details in the language in force, those that say something."""
    lines = []
    for key, value in entry.details.items():
        label = DETAILS.get(key, key)
        if isinstance(value, dict) and value.keys() == {"before", "after"}:
            lines.append(Detail(label, _shown(key, value["before"]), _shown(key, value["after"])))
        elif value not in ("", [], None):
            lines.append(Detail(label, None, _shown(key, value)))
    return lines


def _shown(key: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(key, part) for part in value) or "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if key == "means":
        return str(MEANS.get(value, value))
    if key == "outcome" and value in AccountCheck:
        return str(AccountCheck(value).label)
    if key == "kind" and value in Kind:
        return str(Kind(value).label)
    if key == "distribution" and value in Mode:
        return str(Mode(value).label)
    if key == "priority" and value in Priority:
        return str(Priority(value).label)
    if key == "consent_basis" and value in Basis:
        return str(Basis(value).label)
    return "—" if value in ("", None) else str(value)


def labelled(label: object, value: object) -> str:
    """A value with what it is, as the language in force writes it."""
    return _("%(label)s: %(value)s") % {"label": label, "value": value}
