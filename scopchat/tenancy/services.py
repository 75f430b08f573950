"""Changes to the company tree, one at a time. `acting` is None where the installation itself makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_scopes import scope

from scopchat.audit.catalogue import Verb
from scopchat.audit.services import Acting, changes, record
from scopchat.common.refusals import Conflict
from scopchat.tenancy import limits, tree
from scopchat.tenancy.company_lifecycle import PARTICIPANTS, Obstacle, Skipped
from scopchat.tenancy.kinds import ALLOWED_CHILDREN, Kind
from scopchat.tenancy.models import Archival, Company
from scopchat.tenancy.resources import Resource


class KindNotAllowed(ValueError):
    """A company of this kind may not stand there."""


class NotPossible(Conflict):
    """The company, or the one above it, is not in a state for this."""

    code = "not_possible"


class CannotArchive(NotPossible):
    """Something has to end first: `obstacles` say what and how much."""

    code = "cannot_archive"

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        words = ", ".join(obstacle.words for obstacle in obstacles)
        super().__init__(_("The company cannot be archived yet: %(obstacles)s.") % {"obstacles": words})
        self.obstacles = obstacles


def operator() -> Company | None:
    """The installation's one operator; None before it has one."""
    return Company.objects.filter(kind=Kind.OPERATOR).first()


@transaction.atomic
def create_company(
    *, parent: Company | None, kind: Kind, name: str, acting: Acting | None = None, **details: str
) -> Company:
    """A new company under `parent`; the operator alone has none.

    Raises `KindNotAllowed`, and `NotPossible` when the parent is not active.
    """
    values = {"kind": kind, "name": name, **details}
    if parent is None:
        if kind is not Kind.OPERATOR:
            raise KindNotAllowed(f"Only the operator stands at the root, not {kind.label}.")
        company: Company = Company.objects.add_root({**values, "mass_sends": True})
    else:
        parent = tree.held(parent)
        if kind not in ALLOWED_CHILDREN[Kind(parent.kind)]:
            raise KindNotAllowed(f"{Kind(parent.kind).label} cannot have {kind.label} below it.")
        if not parent.is_active:
            raise NotPossible(_("The company above was deactivated meanwhile."))
        company = Company.objects.add_child(
            parent,
            {
                **values,
                "needs_second_factor": parent.needs_second_factor,
                "second_factor_since": parent.second_factor_since,
            },
        )
    told = {"kind": str(kind), "parent": parent.name if parent else "", **details}
    record(verb=Verb.COMPANY_CREATED, company=company, acting=acting, about=company, details=told)
    return company


@transaction.atomic
def update_company(
    *, company: Company, name: str, country: str, time_zone: str, language: str, currency: str, acting: Acting | None
) -> None:
    """Changes what the company is called and where it is."""
    after = {"name": name, "country": country, "time_zone": time_zone, "language": language, "currency": currency}
    changed = changes({key: getattr(company, key) for key in after}, after)
    for key, value in after.items():
        setattr(company, key, value)
    company.save(update_fields=list(after))
    if changed:
        record(verb=Verb.COMPANY_CHANGED, company=company, acting=acting, about=company, details=changed)


@transaction.atomic
def ask_second_factor(*, company: Company, asked: bool, acting: Acting | None, now: datetime) -> None:
    """Whether the company requires a second factor of its people and of all below; those below may ask it too.

    It holds for each person from their next sign-in on.
    """
    company = tree.held(company)
    changed = changes({"second_factor": company.asks_second_factor}, {"second_factor": asked})
    if not changed:
        return
    company.asks_second_factor = asked
    company.save(update_fields=["asks_second_factor"])
    tree.settle_second_factor(company, now=now)
    _record(Verb.COMPANY_CHANGED, company, acting, changed)


@transaction.atomic
def set_allowance(
    *, company: Company, maxima: Mapping[Resource, int | None], mass_sends: bool, acting: Acting | None
) -> None:
    """What the company and all below it may have together, and whether they may send to many.

    Switching mass sends off switches them off below as well. Raises `limits.LimitRefused`, and `NotPossible` for mass
    sends where the company above has none, for the operator and for what is archived.
    """
    company = tree.held(company)
    parent = tree.above(company).order_by("-depth").first()
    if parent is None or company.archived_at:
        raise NotPossible
    if mass_sends and not parent.mass_sends:
        raise NotPossible(_("Mass sending is off for the parent company."), field="mass_sends")
    before = {resource.value: getattr(company, resource.value) for resource in maxima}
    for resource, wanted in maxima.items():
        if wanted != before[resource.value]:
            limits.check_limit(company, resource, wanted)
        setattr(company, resource.value, wanted)
    after = {resource.value: wanted for resource, wanted in maxima.items()}
    changed = changes({**before, "mass_sends": company.mass_sends}, {**after, "mass_sends": mass_sends})
    company.mass_sends = mass_sends
    company.save(update_fields=[*before, "mass_sends"])
    limits.forget_pools(company)
    if not mass_sends:
        tree.branch(company).update(mass_sends=False)
    if changed:
        _record(Verb.COMPANY_LIMITS_CHANGED, company, acting, changed)


@transaction.atomic
def deactivate_company(*, company: Company, acting: Acting | None, now: datetime) -> None:
    """Switches the company off, and with it all below: nobody is signed in, nothing is sent. Texts still come in.

    Raises `NotPossible` for the operator, and for a company that is off or archived already.
    """
    company = tree.held(company)
    if company.kind == Kind.OPERATOR or company.switched_off_at or company.archived_at:
        raise NotPossible
    company.switched_off_at = now
    company.save(update_fields=["switched_off_at"])
    closed = _settle(company)
    _record(Verb.COMPANY_DEACTIVATED, company, acting, {"companies_closed": closed})


@transaction.atomic
def reactivate_company(*, company: Company, acting: Acting | None) -> None:
    """Undoes `deactivate_company`. What is off or archived below of its own stays so; a company under one that is off
    comes back with it. Raises `NotPossible` for a company that is not off, or archived.
    """
    company = tree.held(company)
    if not company.switched_off_at or company.archived_at:
        raise NotPossible
    company.switched_off_at = None
    company.save(update_fields=["switched_off_at"])
    _settle(company)
    _record(Verb.COMPANY_REACTIVATED, company, acting, {})


def obstacles_to_archiving(company: Company) -> list[Obstacle]:
    """What has to end before the company can be archived."""
    below = tree.working_below(company).count()
    words = ngettext("%(n)d sub-company that is active", "%(n)d sub-companies that are active", below) % {"n": below}
    found = [Obstacle(words, below)] if below else []
    with scope(company=company):
        for participant in PARTICIPANTS:
            found += participant.obstacles(company)
    return found


@transaction.atomic
def archive_company(*, company: Company, acting: Acting | None, now: datetime) -> None:
    """Puts the company away: its people, with their usernames and e-mails, and its channels, with their addresses, are
    out of use. Raises `CannotArchive`, and `NotPossible` for the operator and what is archived already.
    """
    company = tree.held(company)
    if company.kind == Kind.OPERATOR or company.archived_at:
        raise NotPossible
    obstacles = obstacles_to_archiving(company)
    if obstacles:
        raise CannotArchive(obstacles)
    with scope(company=company):
        removed = {participant.name: participant.remove(company, now=now) for participant in PARTICIPANTS}
        Archival.objects.create(company=company, archived_at=now, removed=removed)
    company.archived_at = now
    company.save(update_fields=["archived_at"])
    limits.forget_pools(company)
    _settle(company)
    counts = {f"{name}_removed": len(ids) for name, ids in removed.items() if ids}
    _record(Verb.COMPANY_ARCHIVED, company, acting, counts)


@transaction.atomic
def restore_company(*, company: Company, acting: Acting | None, now: datetime) -> list[Skipped]:
    """Undoes `archive_company`: exactly what it removed comes back. Returns what could not, as it was taken since.

    A company that was off when it was archived is off again. Raises `NotPossible` for a company that is not archived,
    and for one under an archived company; `limits.LimitReached` when what comes back has no room any more.
    """
    company = tree.held(company)
    if not company.archived_at:
        raise NotPossible
    if tree.above(company).filter(archived_at__isnull=False).exists():
        raise NotPossible(_("The company above is archived: restore it first."))
    company.archived_at = None
    company.save(update_fields=["archived_at"])
    _settle(company)
    skipped: list[Skipped] = []
    with scope(company=company):
        archival = Archival.objects.get(restored_at=None)
        for participant in PARTICIPANTS:
            skipped += participant.restore(company, ids=archival.removed.get(participant.name, []))
        archival.restored_at = now
        archival.save(update_fields=["restored_at"])
    limits.require_limits_fit(company)
    limits.forget_pools(company)
    _record(Verb.COMPANY_RESTORED, company, acting, {"skipped": [each.name for each in skipped]})
    return skipped


def _settle(company: Company) -> int:
    """Makes `is_active` true to the switches of the branch; returns how many companies stopped working by it."""
    closed = tree.settle(company)
    if closed:
        with scope(company=closed):
            for participant in PARTICIPANTS:
                participant.close(closed)
    return len(closed)


def _record(verb: Verb, company: Company, acting: Acting | None, details: Mapping[str, Any]) -> None:
    record(verb=verb, company=company, acting=acting, about=company, details=details)
