"""Limits where things are made, and what limits can be set."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from django.db import connections, transaction
from django_scopes import scope, scopes_disabled
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.channels.models import Destination
from scopchat.channels.services import create_channel
from scopchat.tenancy.limits import LimitReached, LimitRefused, book_segments, most_allowed, weigh_branch
from scopchat.tenancy.models import Company, SegmentUse
from scopchat.tenancy.resources import Resource
from scopchat.tenancy.services import NotPossible, archive_company, restore_company, set_allowance
from tests.cast import Cast, make_cast

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
NUMBERS = count()


def limit(company: Company, **maxima: int | None) -> None:
    """Sets these limits, and leaves the others as they are."""
    company = Company.objects.get(pk=company.pk)
    wanted = {resource: maxima.get(resource.name.lower(), getattr(company, resource.value)) for resource in Resource}
    set_allowance(company=company, maxima=wanted, mass_sends=company.mass_sends, acting=None)


def hire(company: Company) -> User:
    name = f"personne{next(NUMBERS)}"
    return create_user(
        company=company, username=name, email=f"{name}@exemple.test", display_name=name, role=Role.AGENT, password="x"
    )


def send(company: Company, segments: int, *, now: datetime = NOW) -> None:
    with transaction.atomic():
        book_segments(company_id=company.pk, segments=segments, now=now)


def test_people_are_made_up_to_the_limit(cast: Cast) -> None:
    limit(cast.client, users=6)
    hire(cast.client)
    with pytest.raises(LimitReached, match="6"):
        hire(cast.client)
    User.objects.filter(pk=cast.agent.pk).update(is_active=False)
    hire(cast.client)


def test_channels_are_made_up_to_the_limit(cast: Cast) -> None:
    limit(cast.client, channels=2)
    with scope(company=cast.client), pytest.raises(LimitReached):
        create_channel(
            company=cast.client, provider=cast.provider, name="Trois", address="+14385550150",
            destination=Destination.USERS, users=[cast.user],
        )  # fmt: skip


def test_a_company_without_a_limit_draws_from_the_nearest_above(cast: Cast) -> None:
    limit(cast.l1, users=7)
    hire(cast.outsider)
    for company in (cast.client, cast.l2, cast.outsider):
        with pytest.raises(LimitReached):
            hire(company)
    hire(cast.distributor)


def test_what_is_given_is_set_aside_whether_used_or_not(cast: Cast) -> None:
    limit(cast.l1, users=10)
    limit(cast.outsider, users=4)
    hire(cast.l2)
    with pytest.raises(LimitReached):
        hire(cast.l2)
    hire(cast.outsider)
    limit(cast.outsider, users=None)
    hire(cast.l2)


@pytest.mark.parametrize(("wanted", "allowed"), [(4, False), (5, True), (8, True), (9, False)])
def test_a_limit_lies_between_what_is_used_and_what_is_left_above(cast: Cast, wanted: int, allowed: bool) -> None:
    limit(cast.l1, users=9)
    assert most_allowed(cast.client, Resource.USERS) == 8
    if allowed:
        limit(cast.client, users=wanted)
    else:
        with pytest.raises(LimitRefused):
            limit(cast.client, users=wanted)


def test_a_limit_holds_what_is_set_aside_below(cast: Cast) -> None:
    limit(cast.l2, segments_day=100)
    limit(cast.client, segments_day=80)
    with pytest.raises(LimitRefused, match="80"):
        limit(cast.l2, segments_day=79)
    with pytest.raises(LimitRefused, match="100"):
        limit(cast.client, segments_day=101)
    limit(cast.client, segments_day=None)
    limit(cast.l2, segments_day=10)


def test_segments_count_by_the_companys_own_day(cast: Cast) -> None:
    send(cast.client, 2, now=datetime(2026, 11, 23, 4, 59, tzinfo=UTC))
    send(cast.client, 3, now=datetime(2026, 11, 23, 5, 1, tzinfo=UTC))
    send(cast.client, 4, now=datetime(2026, 11, 23, 6, 0, tzinfo=UTC))
    with scope(company=cast.client):
        assert dict(SegmentUse.objects.values_list("day", "segments")) == {
            date(2026, 11, 22): 2,
            date(2026, 11, 23): 7,
        }


def test_segments_are_sent_up_to_the_limit_of_the_day_and_of_the_month(cast: Cast) -> None:
    limit(cast.client, segments_day=5, segments_month=8)
    send(cast.client, 5)
    with pytest.raises(LimitReached, match=r"jour|a day"):
        send(cast.client, 1)
    tomorrow = NOW.replace(day=24)
    send(cast.client, 3, now=tomorrow)
    with pytest.raises(LimitReached, match=r"mois|a month"):
        send(cast.client, 1, now=tomorrow)
    send(cast.client, 5, now=NOW.replace(month=12, day=1))


def test_a_text_that_is_refused_is_not_counted(cast: Cast) -> None:
    limit(cast.client, segments_day=5)
    send(cast.client, 4)
    with pytest.raises(LimitReached):
        send(cast.client, 2)
    send(cast.client, 1)


def test_segments_of_a_branch_come_out_of_one_pool(cast: Cast) -> None:
    limit(cast.l1, segments_day=10)
    limit(cast.outsider, segments_day=4)
    send(cast.client, 6)
    for company in (cast.client, cast.l2, cast.l1):
        with pytest.raises(LimitReached):
            send(company, 1)
    send(cast.outsider, 4)
    send(cast.distributor, 100)


def test_counting_takes_one_statement_where_nothing_limits(cast: Cast, django_assert_num_queries: Any) -> None:
    limit(cast.outsider, segments_day=4)
    with transaction.atomic(), django_assert_num_queries(1):
        book_segments(company_id=cast.client.pk, segments=1, now=NOW)


def test_a_company_for_which_there_is_no_room_any_more_is_not_restored(cast: Cast) -> None:
    limit(cast.l1, users=6)
    archive_company(company=cast.client, acting=None, now=NOW)
    for _place in range(3):
        hire(cast.l2)
    with pytest.raises(LimitReached):
        restore_company(company=cast.client, acting=None, now=NOW)
    assert not User.objects.of(cast.client).exists()
    limit(cast.l1, users=9)
    assert restore_company(company=cast.client, acting=None, now=NOW) == []


def test_mass_sends_are_allowed_from_above_and_end_below(cast: Cast) -> None:
    def allow(company: Company, allowed: bool) -> None:
        set_allowance(company=company, maxima={}, mass_sends=allowed, acting=cast.operator_admin)

    with pytest.raises(NotPossible):
        allow(cast.client, True)
    for company in (cast.distributor, cast.l1, cast.l2, cast.client):
        allow(company, True)
    allow(cast.l1, False)
    allowed = Company.objects.filter(mass_sends=True).values_list("name", flat=True)
    assert set(allowed) == {"SCOPCHAT", "Distribution Nord"}
    assert Entry.objects.filter(verb=Verb.COMPANY_LIMITS_CHANGED)[0].details == {
        "mass_sends": {"before": True, "after": False}
    }


def test_the_operator_sets_itself_no_limits(cast: Cast) -> None:
    with pytest.raises(NotPossible):
        limit(cast.operator, users=5)


PLACES = ("distributor", "l1", "l2", "client", "outsider")
STEPS = st.lists(
    st.tuples(st.sampled_from(["limit", "hire", "archive", "restore"]), st.sampled_from(PLACES),
              st.none() | st.integers(0, 14)),
    max_size=16,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("limit", "client", 5), ("archive", "client", None), ("hire", "client", None)])
def test_no_limit_is_ever_exceeded_whatever_is_done(cast: Cast, steps: list[tuple[str, str, int | None]]) -> None:
    with transaction.atomic():
        for step, place, number in steps:
            company = Company.objects.get(pk=getattr(cast, place).pk)
            try:
                with transaction.atomic():
                    if step == "limit":
                        limit(company, users=number)
                    elif step == "hire":
                        hire(company)
                    elif step == "archive":
                        archive_company(company=company, acting=None, now=NOW)
                    else:
                        restore_company(company=company, acting=None, now=NOW)
            except (LimitReached, LimitRefused, NotPossible):
                pass
            weights = weigh_branch(cast.operator, Resource.USERS)
            assert all(weight.room is None or weight.room >= 0 for weight in weights.values())
            for one in Company.objects.exclude(max_users=None).filter(archived_at=None):
                below = Company.objects.filter(path__startswith=one.path)
                assert User.objects.filter(company__in=below, is_active=True).count() <= one.max_users
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_stay_within_one_pool() -> None:
    cast = make_cast()
    limit(cast.l1, segments_day=10, users=10)

    def keep_going(company: Company, act: Callable[[Company], object]) -> None:
        try:
            for _time in range(6):
                act(company)
        except LimitReached:
            return
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        for company in (cast.client, cast.l2, cast.outsider):
            pool.submit(keep_going, company, lambda company: send(company, 1))
            pool.submit(keep_going, company, hire)
    with scopes_disabled():
        assert sum(SegmentUse.objects.values_list("segments", flat=True)) == 10
    assert User.objects.filter(company__path__startswith=cast.l1.path).count() == 10
