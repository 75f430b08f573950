"""Files of contacts: looked at first, then saved, once, whatever dies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django_scopes import scope, scopes_disabled

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.audit.models import Entry
from scopchat.common.refusals import Conflict
from scopchat.contacts.errors import FileTooLarge, ImportUnderWay
from scopchat.contacts.importing import jobs, running, services, writing
from scopchat.contacts.importing.running import Run, begin
from scopchat.contacts.models import Contact, ContactImport, ContactList, ContactNote
from scopchat.contacts.services import Particulars, add_contact, delete_contact
from scopchat.contacts.signals import contacts_changed
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
FILE = """number,name,business,email,notes
514 555-0101,Julie,Garage,julie@exemple.test,Le matin
514 555-0102,Marc,,,
514 555-0101,Encore,,,
rubbish,Personne,,,
514 555-0103,,Café,,
514 555-0104,Ana,,,
"""
Bring = Callable[..., ContactImport]


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "imports"


@pytest.fixture
def bring(cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """The administrator of the client brings a file; batches are of two lines."""
    monkeypatch.setattr(running, "BATCH", 2)
    monkeypatch.setattr(running, "SAVED_BYTES", 100)

    def brought(text: str = FILE, person: User = cast.admin, onto: ContactList | None = None) -> ContactImport:
        with scope(company=person.company):
            file = SimpleUploadedFile("contacts.csv", text.encode())
            return services.bring(company=person.company, file=file, list_=onto, acting=person, now=NOW)

    return brought


def begun(one: ContactImport) -> Run:
    run = begin(one.company_id, one.pk, now=NOW)
    assert run
    return run


def ran(one: ContactImport) -> ContactImport:
    """After the job of its state."""
    run = begun(one)
    while run.step(now=NOW):
        pass
    return now_is(one)


def now_is(one: ContactImport) -> ContactImport:
    with scope(company=one.company_id):
        return ContactImport.objects.select_related("company", "person").get(pk=one.pk)


def saved(one: ContactImport) -> ContactImport:
    with scope(company=one.company_id):
        services.save(brought=now_is(one), acting=one.person, now=NOW)
    return now_is(one)


def contacts(cast: Cast) -> list[tuple[str, str, str]]:
    with scope(company=cast.client):
        return list(Contact.objects.kept().order_by("number").values_list("number", "name", "business"))


def test_the_preview_counts_and_writes_nothing(cast: Cast, bring: Bring, folder: Path) -> None:
    with scope(company=cast.client):
        add_contact(company=cast.client, phone="514 555-0102", particulars=Particulars(name="Marc A."), now=NOW)
    one = ran(bring())
    assert (one.state, one.lines, one.new, one.known, one.duplicates, one.invalid) == ("ready", 6, 3, 1, 1, 1)
    assert one.first_refused == [[4, "514 555-0101", "duplicate"], [5, "rubbish", "bad_number"]]
    assert contacts(cast) == [("+15145550102", "Marc A.", "")]
    refused = (folder / f"{one.pk}.refused.csv").read_bytes().decode("utf-8-sig").splitlines()
    assert refused[2] == "rubbish,Personne,,,,Ce numéro ne peut pas exister.,5"
    assert (folder.stat().st_mode & 0o777) == 0o700


def test_saving_adds_and_fills_in_and_erases_nothing(cast: Cast, bring: Bring, folder: Path) -> None:
    with scope(company=cast.client):
        kept = add_contact(
            company=cast.client, phone="514 555-0103", particulars=Particulars(name="Zoé", business="Bar"), now=NOW
        )
        gone = add_contact(company=cast.client, phone="514 555-0104", particulars=Particulars(name="X"), now=NOW)
        delete_contact(contact=gone, acting=cast.admin, now=NOW)
    one = ran(saved(ran(bring())))
    assert (one.state, one.done, one.added, one.changed) == ("done", 4, 3, 1)
    assert contacts(cast) == [
        ("+15145550101", "Julie", "Garage"),
        ("+15145550102", "Marc", ""),
        ("+15145550103", "Zoé", "Café"),
        ("+15145550104", "Ana", ""),
    ]
    with scope(company=cast.client):
        assert Contact.objects.found_by("zoe cafe").get() == kept
        assert Contact.objects.found_by("garage 0101").exists()
        (note,) = ContactNote.objects.filter(contact__number="+15145550101")
        assert (note.text, note.author_id) == ("Le matin", None)
    assert [path.name for path in folder.iterdir()] == [f"{one.pk}.refused.csv"]
    entry = Entry.objects.get(verb="contact.imported")
    assert entry.details == {"file": "contacts.csv", "contacts": 4}


def test_it_is_saved_letter_by_letter(cast: Cast, bring: Bring) -> None:
    names = ["\\N", "a\tb", "Julie\nTremblay", "C:\\new", "\\."]
    lines = "".join(f'514 555-010{n},"{name}",,,"{name}"\n' for n, name in enumerate(names))
    assert ran(saved(ran(bring("n\n" + lines)))).done == len(names)
    assert [name for _number, name, _business in contacts(cast)] == names
    with scope(company=cast.client):
        assert sorted(ContactNote.objects.values_list("text", flat=True)) == sorted(names)


def test_imported_again_it_changes_nothing(cast: Cast, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(saved(ran(bring())))
    heard: list[Any] = []
    contacts_changed.connect(lambda **values: heard.append(values["numbers"]), weak=False, dispatch_uid="test")
    try:
        one = ran(saved(ran(bring())))
    finally:
        contacts_changed.disconnect(dispatch_uid="test")
    assert (one.added, one.changed) == (0, 4)
    assert heard == []
    with scope(company=cast.client):
        assert ContactNote.objects.count() == 1


def test_its_contacts_go_onto_a_list_once(cast: Cast, bring: Bring) -> None:
    with scope(company=cast.client):
        onto = ContactList.objects.create(company=cast.client, name="Vaccin", created_at=NOW)
    for _turn in range(2):
        ran(saved(ran(bring(onto=onto))))
    with scope(company=cast.client):
        assert list(onto.contacts.order_by("number").values_list("name", flat=True)) == ["Julie", "Marc", "", "Ana"]


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_saving_that_was_killed_goes_on(cast: Cast, bring: Bring, steps: int) -> None:
    one = saved(ran(bring()))
    killed = begun(one)
    for _step in range(steps):
        killed.step(now=NOW)
    again = begun(one)
    # It was only frozen.
    assert not killed.step(now=NOW)
    while again.step(now=NOW):
        pass
    one = now_is(one)
    assert (one.state, one.done, one.added) == ("done", 4, 4)
    assert len(contacts(cast)) == 4


def test_a_batch_is_saved_with_its_count_or_not_at_all(
    cast: Cast, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = saved(ran(bring()))
    run = begun(one)

    def gone(*_args: Any, **_values: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(writing, "_tell", gone)
    with pytest.raises(OperationalError):
        run.step(now=NOW)
    assert (contacts(cast), now_is(one).done, now_is(one).state) == ([], 0, "saving")
    monkeypatch.undo()


def test_cancelled_between_batches_what_is_saved_stays(
    cast: Cast, bring: Bring, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    one = saved(ran(bring()))
    run = begun(one)
    run.step(now=NOW)
    with scope(company=cast.client), django_capture_on_commit_callbacks(execute=True):
        services.give_up(brought=one, now=NOW)
    assert not run.step(now=NOW)
    assert (now_is(one).state, now_is(one).done) == ("cancelled", len(contacts(cast)))
    assert 0 < len(contacts(cast)) < 4
    assert not (folder / f"{one.pk}.csv").exists()


def test_one_file_at_a_time_in_a_company(cast: Cast, bring: Bring) -> None:
    first = bring()
    with pytest.raises(ImportUnderWay):
        bring()
    assert bring(person=cast.outsider_admin)
    ran(first)
    second = ran(bring(person=cast.manager))
    saved(first)
    with pytest.raises(ImportUnderWay):
        saved(second)
    with pytest.raises(Conflict):
        saved(ran(first))


@pytest.mark.parametrize(("text", "trouble"), [("PK\x03\x04", "not_csv"), ("n\n" + "514 555-0101\n" * 4, "too_many")])
def test_what_cannot_be_read_fails_and_says_why(
    bring: Bring, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, trouble: str
) -> None:
    monkeypatch.setattr(running, "MAX_LINES", 3)
    one = ran(bring(text))
    assert (one.state, one.trouble) == ("failed", trouble)
    assert list(folder.iterdir()) == []


def test_a_file_that_is_too_large_is_not_kept(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_BYTES", 10)
    with pytest.raises(FileTooLarge):
        bring()


def test_who_may_no_longer_edit_contacts_saves_none(cast: Cast, bring: Bring) -> None:
    one = saved(ran(bring()))
    User.objects.filter(pk=cast.admin.pk).update(role=Role.AGENT)
    one = ran(one)
    assert (one.state, one.trouble, contacts(cast)) == ("failed", "not_allowed", [])


def test_what_ends_every_run_is_given_up(bring: Bring) -> None:
    one = bring()
    for _attempt in range(running.MAX_ATTEMPTS):
        begun(one)
    assert begin(one.company_id, one.pk, now=NOW) is None
    assert (now_is(one).state, now_is(one).trouble) == ("failed", "broken")


def test_the_sweep_asks_again_for_what_was_left_behind(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(jobs, "ask_to_run", lambda *job: asked.append(job))
    one = bring()
    with scopes_disabled():
        jobs.ask_for_left_behind(now=NOW + timedelta(seconds=29))
        assert asked == []
        jobs.ask_for_left_behind(now=NOW + timedelta(seconds=31))
    assert asked == [(one.company_id, one.pk)]


def test_files_go_after_two_days_and_rows_after_thirty(bring: Bring, folder: Path) -> None:
    one = ran(bring())
    with scopes_disabled():
        assert sum(services.prune_files(NOW)) == 0
        assert sum(services.prune_files(NOW + timedelta(seconds=1))) == 1
    assert (list(folder.iterdir()), now_is(one).state) == ([], "cancelled")
    with scopes_disabled():
        assert sum(services.prune(NOW + timedelta(seconds=1))) == 1
        assert not ContactImport.objects.exists()
