"""Switching companies off and putting them away: what follows for those below, and that it can be undone exactly."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.tenancy.kinds import ALLOWED_CHILDREN, Kind
from scopchat.tenancy.models import Archival, Company, State
from scopchat.tenancy.services import (
    CannotArchive,
    NotPossible,
    archive_company,
    create_company,
    deactivate_company,
    reactivate_company,
    restore_company,
    update_company,
)
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def act(verb: str, company: Company) -> None:
    """Does it as the installation itself."""
    fresh = Company.objects.get(pk=company.pk)
    moment: dict[str, Any] = {} if verb == "reactivate" else {"now": NOW}
    {
        "deactivate": deactivate_company,
        "reactivate": reactivate_company,
        "archive": archive_company,
        "restore": restore_company,
    }[verb](company=fresh, acting=None, **moment)


def states() -> dict[str, str]:
    return {company.name: company.state for company in Company.objects.all()}


def active() -> set[str]:
    return set(Company.objects.filter(is_active=True).values_list("name", flat=True))


def test_switching_one_off_stops_all_below_and_nothing_beside(cast: Cast) -> None:
    act("deactivate", cast.l2)
    assert active() == {"SCOPCHAT", "Distribution Nord", "Télécom Laval", "Boulangerie du Parc"}
    assert states()["Réseau Rive-Sud"] == State.OFF
    assert states()["Clinique Laurier"] == State.OFF_ABOVE
    assert Entry.objects.get(verb=Verb.COMPANY_DEACTIVATED).details == {"companies_closed": 2}


def test_switching_it_on_again_leaves_off_what_was_off_of_its_own(cast: Cast) -> None:
    other = create_company(parent=cast.l2, kind=Kind.CLIENT, name="Autre")
    act("deactivate", other)
    act("deactivate", cast.l1)
    act("reactivate", cast.l1)
    assert active() == {
        "SCOPCHAT", "Distribution Nord", "Télécom Laval", "Réseau Rive-Sud", "Clinique Laurier", "Boulangerie du Parc",
    }  # fmt: skip
    assert states()["Autre"] == State.OFF


@pytest.mark.parametrize("verb", ["deactivate", "archive"])
def test_the_operator_cannot_be_stopped(cast: Cast, verb: str) -> None:
    with pytest.raises(NotPossible):
        act(verb, cast.operator)
    assert cast.operator.name in active()


@pytest.mark.parametrize(("first", "again"), [("deactivate", "deactivate"), ("archive", "archive")])
def test_nothing_is_done_twice(cast: Cast, first: str, again: str) -> None:
    act(first, cast.outsider)
    with pytest.raises(NotPossible):
        act(again, cast.outsider)


@pytest.mark.parametrize("verb", ["reactivate", "restore"])
def test_what_was_not_done_is_not_undone(cast: Cast, verb: str) -> None:
    with pytest.raises(NotPossible):
        act(verb, cast.client)


def test_active_companies_below_stand_in_the_way_of_archiving(cast: Cast) -> None:
    with pytest.raises(CannotArchive) as refusal:
        act("archive", cast.l1)
    assert [obstacle.count for obstacle in refusal.value.obstacles] == [3]
    assert states()["Télécom Laval"] == State.ACTIVE


def test_switching_a_company_off_does_not_make_those_below_vanish(cast: Cast) -> None:
    act("deactivate", cast.l1)
    with pytest.raises(CannotArchive):
        act("archive", cast.l1)
    act("deactivate", cast.l2)
    act("deactivate", cast.outsider)
    act("archive", cast.l1)
    assert states()["Télécom Laval"] == State.ARCHIVED


def test_a_company_under_an_archived_one_waits_for_it(cast: Cast) -> None:
    act("archive", cast.client)
    act("archive", cast.l2)
    with pytest.raises(NotPossible):
        act("restore", cast.client)
    act("restore", cast.l2)
    act("restore", cast.client)
    assert {"Réseau Rive-Sud", "Clinique Laurier"} <= active()


def test_a_company_that_was_off_is_off_again_after_restoring(cast: Cast) -> None:
    act("deactivate", cast.client)
    act("archive", cast.client)
    act("restore", cast.client)
    assert states()["Clinique Laurier"] == State.OFF


def test_an_archiving_is_kept_with_what_it_removed(cast: Cast) -> None:
    act("archive", cast.client)
    with scope(company=cast.client):
        assert set(Archival.objects.get().removed) == {
            "users",
            "channels",
            "exports",
            "imports",
            "interactions",
            "mass sends",
        }


@pytest.mark.parametrize("verb", ["deactivate", "archive"])
def test_nothing_new_stands_under_a_company_that_is_stopped(cast: Cast, verb: str) -> None:
    act("archive", cast.client)
    act(verb, cast.l2)
    with pytest.raises(NotPossible):
        create_company(parent=cast.l2, kind=Kind.CLIENT, name="Neuve")


def test_a_change_is_told_with_before_and_after(cast: Cast) -> None:
    update_company(
        company=cast.client, name="Clinique Laurier", country="FR", time_zone="Europe/Paris", language="fr",
        currency="EUR", acting=cast.operator_admin,
    )  # fmt: skip
    entry = Entry.objects.get(verb=Verb.COMPANY_CHANGED)
    assert entry.person_id == cast.operator_admin.pk
    assert entry.details["country"] == {"before": "CA", "after": "FR"}
    assert set(entry.details) == {"country", "time_zone", "currency"}


MOVES = st.lists(
    st.tuples(st.sampled_from(["deactivate", "reactivate", "archive", "restore"]), st.integers(0, 9)), max_size=14
)
SHAPES = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(list(Kind))), min_size=3, max_size=9)


def grow(root: Company, shape: list[tuple[int, Kind]]) -> list[Company]:
    """A tree below `root`: each company under one of those before it, of any kind that may stand there."""
    companies = [root]
    for place, wanted in shape:
        parent = companies[place % len(companies)]
        allowed = sorted(ALLOWED_CHILDREN[Kind(parent.kind)])
        if allowed:
            kind = wanted if wanted in allowed else allowed[place % len(allowed)]
            companies.append(create_company(parent=parent, kind=kind, name=f"{len(companies)}"))
    return companies


def expected(company: Company, off: set[int], archived: set[int], companies: list[Company]) -> bool:
    """Whether the company works: the rule in plain words."""
    return not any(company.is_or_is_under(one) and one.pk in off | archived for one in companies)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=SHAPES, moves=MOVES)
def test_what_works_follows_from_the_switches_whatever_was_done(
    cast: Cast, shape: list[tuple[int, Kind]], moves: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        companies = grow(cast.outsider if not shape else cast.l1, shape)[1:] or [cast.outsider]
        off: set[int] = set()
        archived: set[int] = set()
        for verb, place in moves:
            company = companies[place % len(companies)]
            try:
                with transaction.atomic():
                    act(verb, company)
            except NotPossible:
                continue
            changed = off if verb in {"deactivate", "reactivate"} else archived
            (changed.add if verb in {"deactivate", "archive"} else changed.discard)(company.pk)
        working = set(Company.objects.filter(is_active=True).values_list("pk", flat=True))
        for company in companies:
            assert (company.pk in working) is expected(company, off, archived, companies)
            # Nothing that works stands under something archived, and nothing archived above something that would work.
        assert not Company.objects.find_problems()[2]
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=SHAPES)
def test_every_company_stands_under_one_that_may_have_it(cast: Cast, shape: list[tuple[int, Kind]]) -> None:
    with transaction.atomic():
        for company in grow(cast.distributor, shape)[1:]:
            parent = Company.objects.get_parent(company)
            assert Kind(company.kind) in ALLOWED_CHILDREN[Kind(parent.kind)]
            assert company.depth <= 5
        transaction.set_rollback(True)
