"""Writing exports: whole or not at all, whatever dies, by one run that counts."""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django_scopes import scope, scopes_disabled

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.exports import files, services
from scopchat.exports.jobs import ask_for_left_behind, ask_for_waiting
from scopchat.exports.kinds import Gone
from scopchat.exports.models import Export
from scopchat.exports.running import MAX_ATTEMPTS, begin
from scopchat.exports.tests.conftest import Ask, Jobs, begun, now_is
from scopchat.exports.tests.numbers import NOW, Numbers
from tests.cast import Cast

WHOLE = "\ufeff" + "\r\n".join(["number (fr America/Toronto),of", "1,x", "2,x", "3,x", "4,x", "5,x", "6,x", "7,x", ""])


def there(folder: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode() for path in folder.iterdir()} if folder.exists() else {}


def test_it_is_written_a_batch_at_a_time_in_the_language_and_zone_of_who_asked(ask: Ask, folder: Path) -> None:
    export = ask(of="x")
    run = begun(export)

    steps = [(run.step(now=NOW), now_is(export).done) for _step in range(3)]

    assert steps == [(True, 3), (True, 6), (False, 7)]
    assert there(folder) == {f"{export.pk}.csv": WHOLE}
    export = now_is(export)
    assert (export.state, export.total, export.rows, export.attempts) == ("done", 7, 7, 1)
    assert export.file_name == "numbers-2026-11-23-0900.csv"


def test_nothing_has_the_files_name_before_it_is_whole(ask: Ask, folder: Path) -> None:
    export = ask()
    begun(export).step(now=NOW)
    assert [path.suffix for path in folder.iterdir()] == [".part"]
    assert (folder.stat().st_mode & 0o777, next(folder.iterdir()).stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_run_that_was_killed_is_begun_again_and_counts_no_more(ask: Ask, folder: Path, steps: int) -> None:
    export = ask(of="x")
    killed = begun(export)
    for _step in range(steps):
        killed.step(now=NOW)

    run = begun(export)
    assert there(folder) == {}
    run.step(now=NOW)
    # It was only frozen.
    assert not killed.step(now=NOW)
    while run.step(now=NOW):
        pass

    assert not killed.step(now=NOW)
    assert there(folder) == {f"{export.pk}.csv": WHOLE}
    assert (now_is(export).done, now_is(export).rows, now_is(export).attempts) == (7, 7, 2)


def test_a_run_killed_between_the_files_name_and_its_commit_is_begun_again(
    ask: Ask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(of="x")
    run = begun(export)
    keep = files.keep

    def killed(*args: Any) -> None:
        keep(*args)
        raise OperationalError("gone")

    monkeypatch.setattr(files, "keep", killed)
    assert [run.step(now=NOW) for _step in range(2)] == [True, True]
    with pytest.raises(OperationalError):
        run.step(now=NOW)
    assert (now_is(export).state, now_is(export).file_name) == ("running", "")
    monkeypatch.undo()
    assert begun(now_is(export)).step(now=NOW)


def test_cancelled_in_the_middle_it_ends_and_leaves_nothing(
    ask: Ask, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    export = ask()
    run = begun(export)
    run.step(now=NOW)
    with scope(company=export.company), django_capture_on_commit_callbacks(execute=True):
        services.give_up(export=export, now=NOW)

    assert not run.step(now=NOW)
    assert there(folder) == {}
    assert now_is(export).state == "cancelled"
    assert begin(export.company_id, export.pk, now=NOW) is None


def test_two_run_at_a_time_in_a_company_and_the_next_waits(cast: Cast, ask: Ask, jobs: Jobs) -> None:
    one, two, three = ask(of="1"), ask(of="2"), ask(of="3")
    elsewhere = ask(person=cast.outsider_admin)
    first, _second = begun(one), begun(two)

    assert begin(three.company_id, three.pk, now=NOW) is None
    assert begun(elsewhere)
    ask_for_waiting(three.company_id)
    assert jobs.asked == []

    while first.step(now=NOW):
        pass
    ask_for_waiting(three.company_id)
    assert jobs.asked == [(three.company_id, three.pk)]
    assert begun(three)


def test_a_run_taken_over_needs_no_more_room(ask: Ask) -> None:
    one, two = ask(of="1"), ask(of="2")
    begun(one)
    begun(two)
    assert begun(one)


def test_it_fails_when_the_person_sees_less_meanwhile(cast: Cast, ask: Ask, folder: Path) -> None:
    export = ask(cast.manager)
    run = begun(export)
    run.step(now=NOW)
    User.objects.filter(pk=cast.manager.pk).update(role=Role.AGENT)
    assert not run.step(now=NOW)
    assert (now_is(export).state, now_is(export).trouble) == ("failed", "not_allowed")
    assert there(folder) == {}


@pytest.mark.parametrize("changes", [{"is_active": False}, {"archived_at": NOW}])
def test_it_does_not_begin_for_who_may_not_sign_in(cast: Cast, ask: Ask, folder: Path, changes: Any) -> None:
    export = ask(cast.manager)
    User.with_archived.filter(pk=cast.manager.pk).update(**changes)
    assert not begun(export).step(now=NOW)
    assert (now_is(export).state, now_is(export).trouble) == ("failed", "not_allowed")
    assert there(folder) == {}


def failing(error: Exception) -> Any:
    def fail(*_args: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize(("error", "trouble"), [(Gone(), "gone"), (ValueError("x"), "broken")])
def test_what_cannot_be_read_fails_and_says_why(
    ask: Ask, folder: Path, kind: Numbers, monkeypatch: pytest.MonkeyPatch, error: Exception, trouble: str
) -> None:
    export = ask()
    run = begun(export)
    run.step(now=NOW)
    monkeypatch.setattr(Numbers, "batch", failing(error))
    assert not run.step(now=NOW)
    assert (now_is(export).state, now_is(export).trouble) == ("failed", trouble)
    assert there(folder) == {}


def test_a_full_disk_fails_it_and_is_freed(ask: Ask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = ask()
    run = begun(export)
    run.step(now=NOW)
    monkeypatch.setattr(files, "add", failing(OSError(errno.ENOSPC, "full")))
    assert not run.step(now=NOW)
    assert (now_is(export).state, now_is(export).trouble) == ("failed", "broken")
    assert there(folder) == {}


def test_a_database_that_went_fails_nothing_and_the_sweep_asks_again(
    ask: Ask, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, waiting = ask(of="1"), ask(of="2")
    run = begun(running)
    monkeypatch.setattr(Numbers, "batch", failing(OperationalError("gone")))
    with pytest.raises(OperationalError):
        run.step(now=NOW)

    with scopes_disabled():
        ask_for_left_behind(now=NOW + timedelta(seconds=29))
        assert jobs.asked == []
        ask_for_left_behind(now=NOW + timedelta(seconds=31))
    assert jobs.asked == [(running.company_id, running.pk), (waiting.company_id, waiting.pk)]


def test_what_ends_every_run_is_given_up(ask: Ask) -> None:
    export = ask()
    for _attempt in range(MAX_ATTEMPTS):
        begun(export)
    assert begin(export.company_id, export.pk, now=NOW) is None
    assert (now_is(export).state, now_is(export).trouble) == ("failed", "broken")


def test_another_company_has_none_of_it(cast: Cast, ask: Ask) -> None:
    export = ask()
    assert begin(cast.outsider.pk, export.pk, now=NOW) is None
    with scope(company=cast.outsider):
        assert not Export.objects.exists()
