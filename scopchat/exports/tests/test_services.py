"""Asking for exports, and what becomes of their files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.accounts.models import User
from scopchat.audit.models import Entry
from scopchat.common.refusals import NotAllowed
from scopchat.exports import services
from scopchat.exports.company_lifecycle import Exports
from scopchat.exports.models import Export
from scopchat.exports.services import KEPT_PER_PERSON, TooMany
from scopchat.exports.tests.conftest import Ask, Jobs, begun, now_is
from scopchat.exports.tests.made import made_export
from scopchat.exports.tests.numbers import NOW
from tests.cast import Cast


def test_it_is_asked_for_once_and_recorded(
    cast: Cast, ask: Ask, jobs: Jobs, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        export = ask(of="x")
        assert ask(of="x") == export
    assert jobs.asked == [(cast.client.pk, export.pk)]
    (entry,) = Entry.objects.filter(verb="access.data_exported")
    assert (entry.person_id, entry.company_id) == (cast.admin.pk, cast.client.pk)
    assert entry.details == {"export": "Numbers", "filter": ["of"]}


def test_what_is_done_is_made_anew_and_other_people_have_their_own(cast: Cast, ask: Ask) -> None:
    export = ask()
    assert ask(cast.manager) != export
    run = begun(export)
    while run.step(now=NOW):
        pass
    assert ask() != export


def test_nobody_has_more_than_ten(cast: Cast, ask: Ask) -> None:
    made = [ask(of=str(number)) for number in range(KEPT_PER_PERSON - 1)]
    made_export(cast.client, cast.admin)
    with pytest.raises(TooMany):
        ask(of="one more")
    assert ask(cast.manager)
    with scope(company=cast.client):
        services.give_up(export=made[0], now=NOW)
    assert ask(of="one more")


def test_who_may_not_open_the_list_exports_nothing(cast: Cast, ask: Ask) -> None:
    User.objects.filter(pk=cast.agent.pk).update(is_active=False)
    cast.agent.refresh_from_db()
    with pytest.raises(NotAllowed):
        ask(cast.agent)


def test_giving_up_what_is_done_deletes_its_file(
    cast: Cast, folder: Path, jobs: Jobs, django_capture_on_commit_callbacks: Any
) -> None:
    export = made_export(cast.client, cast.admin)
    with scope(company=cast.client), django_capture_on_commit_callbacks(execute=True):
        services.give_up(export=export, now=NOW)
    assert list(folder.iterdir()) == []
    assert (now_is(export).state, now_is(export).file_name) == ("done", "")


@pytest.mark.parametrize("at_once", [1, 100])
def test_files_go_after_two_days_and_rows_after_thirty(
    cast: Cast, folder: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "PRUNED_AT_ONCE", at_once)
    ages = [timedelta(hours=47), timedelta(hours=49), timedelta(days=29), timedelta(days=31)]
    made = [made_export(cast.client, cast.admin, finished_at=NOW - age) for age in ages]
    running = made_export(cast.client, cast.admin, finished_at=None, state="running", file_name="")
    with scopes_disabled():
        assert sum(services.prune_files(NOW - services.FILE_KEPT)) == 3
        assert [path.name for path in folder.iterdir()] == [f"{made[0].pk}.csv"]
        assert sum(services.prune(NOW - services.ROW_KEPT)) == 1
        assert set(Export.objects.values_list("pk", flat=True)) == {*(one.pk for one in made[:3]), running.pk}


def test_an_archived_company_has_no_files_any_more(
    cast: Cast, ask: Ask, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    done, running = made_export(cast.client, cast.admin), ask()
    run = begun(running)
    run.step(now=NOW)
    theirs = made_export(cast.outsider, cast.outsider_admin)
    with scope(company=cast.client), django_capture_on_commit_callbacks(execute=True):
        assert Exports().remove(cast.client, now=NOW) == []
    assert not run.step(now=NOW)
    assert [path.name for path in folder.iterdir()] == [f"{theirs.pk}.csv"]
    assert (now_is(done).file_name, now_is(running).state) == ("", "cancelled")
