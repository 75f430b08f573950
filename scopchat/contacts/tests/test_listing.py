"""Lists of contacts as they are made, changed, deleted and filled."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.audit.models import Entry
from scopchat.common.refusals import Conflict
from scopchat.contacts import listing, services
from scopchat.contacts.consent import Basis
from scopchat.contacts.errors import ListGone, ListTaken, TooManyLists
from scopchat.contacts.listing import ListParticulars
from scopchat.contacts.models import Contact, ContactList, ListMember
from scopchat.contacts.services import Particulars
from scopchat.tenancy.models import Company
from tests.at_once import at_once
from tests.cast import Cast

NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
VACCINE = ListParticulars(
    name="Vaccin 2026",
    description="Patients admissibles",
    consent_basis=Basis.WRITTEN,
    consent_source="Formulaire d’inscription",
    consent_since=date(2026, 9, 1),
)


def added(company: Company, name: str = "Vaccin 2026") -> ContactList:
    with scope(company=company):
        return listing.add_list(company=company, particulars=ListParticulars(name=name), now=NOW)


def contact(cast: Cast, name: str = "Julie Tremblay", phone: str = "514 555-0142") -> Contact:
    with scope(company=cast.client):
        return services.add_contact(company=cast.client, phone=phone, particulars=Particulars(name=name), now=NOW)


def on(listed: ContactList) -> list[str]:
    with scope(company=listed.company):
        return [str(one) for one in listed.contacts.kept().order_by("name")]


def count(listed: ContactList) -> int:
    with scope(company=listed.company):
        number: int = ContactList.objects.with_counts().get(pk=listed.pk).member_count
        return number


def verbs() -> list[str]:
    found = Entry.objects.filter(verb__startswith="contact.list").order_by("pk")
    return [verb.removeprefix("contact.list_") for verb in found.values_list("verb", flat=True)]


def test_a_list_says_on_what_its_consent_rests(cast: Cast) -> None:
    with scope(company=cast.client):
        listed = listing.add_list(company=cast.client, particulars=VACCINE, acting=cast.admin, now=NOW)
    listed.refresh_from_db()
    assert (listed.consent_basis, listed.consent_since) == (Basis.WRITTEN, date(2026, 9, 1))
    assert listed.search == "vaccin 2026\npatients admissibles"
    assert Entry.objects.get(verb="contact.list_added").details == {
        "consent_basis": "written",
        "consent_source": "Formulaire d’inscription",
        "consent_since": "2026-09-01",
    }


def test_a_name_is_there_once_in_a_company_whatever_its_capitals(cast: Cast) -> None:
    listed, other = added(cast.client, "Aînés"), added(cast.client, "Écoles")
    with pytest.raises(ListTaken):
        added(cast.client, "AÎNÉS")
    with scope(company=cast.client), pytest.raises(ListTaken):
        listing.change_list(listed=other, particulars=ListParticulars(name="aînés"), acting=cast.admin)
    added(cast.outsider, "Aînés")
    with scope(company=cast.client):
        listing.delete_list(listed=listed, acting=cast.admin, now=NOW)
    added(cast.client, "aînés")
    with scope(company=cast.client), pytest.raises(ListTaken):
        listing.bring_back_list(listed=listed, acting=cast.admin)


def test_a_company_has_so_many_lists_at_most(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MAX_LISTS", 2)
    first, _second = added(cast.client, "Un"), added(cast.client, "Deux")
    with pytest.raises(TooManyLists):
        added(cast.client, "Trois")
    with scope(company=cast.client):
        listing.delete_list(listed=first, acting=cast.admin, now=NOW)
    added(cast.client, "Trois")


def test_a_change_is_recorded_and_one_that_changes_nothing_is_none(cast: Cast) -> None:
    listed = added(cast.client)
    with scope(company=cast.client):
        for _twice in range(2):
            listing.change_list(listed=listed, particulars=VACCINE, acting=cast.admin)
    assert verbs() == ["added", "changed"]
    details = Entry.objects.get(verb="contact.list_changed").details
    assert details["consent_since"] == {"before": None, "after": "2026-09-01"}
    assert "name" not in details


def test_a_deleted_list_comes_back_with_its_members(cast: Cast) -> None:
    listed, julie = added(cast.client), contact(cast)
    with scope(company=cast.client):
        listing.put_on_list(listed=listed, contact=julie, acting=cast.admin, now=NOW)
        listing.delete_list(listed=listed, acting=cast.admin, now=NOW)
        assert not ContactList.objects.kept().exists()
        for refused in (
            lambda: listing.delete_list(listed=listed, acting=cast.admin, now=NOW),
            lambda: listing.change_list(listed=listed, particulars=VACCINE, acting=cast.admin),
            lambda: listing.put_on_list(listed=listed, contact=julie, acting=cast.admin, now=NOW),
        ):
            with pytest.raises(ListGone):
                refused()
        listing.bring_back_list(listed=listed, acting=cast.admin)
        with pytest.raises(Conflict):
            listing.bring_back_list(listed=listed, acting=cast.admin)
    assert on(listed) == ["Julie Tremblay"]
    assert verbs() == ["added", "member_added", "deleted", "brought_back"]


def test_deleted_lists_are_removed_for_good_after_a_while(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PRUNED_AT_ONCE", 2)
    kept, recent, old = (added(cast.client, name) for name in ("Un", "Deux", "Trois"))
    people = [contact(cast, f"Cliente {place}", f"514 555-014{place}") for place in range(5)]
    with scope(company=cast.client):
        for listed in (kept, old):
            for one in people:
                listing.put_on_list(listed=listed, contact=one, acting=None, now=NOW)
        listing.delete_list(listed=old, acting=cast.admin, now=NOW)
        listing.delete_list(listed=recent, acting=cast.admin, now=NOW + timedelta(hours=2))
    with scopes_disabled():
        assert list(listing.prune(NOW + timedelta(hours=1))) == [2, 2, 1, 1]
        assert {*ContactList.objects.values_list("pk", flat=True)} == {kept.pk, recent.pk}
        assert (ListMember.objects.count(), Contact.objects.count()) == (5, 5)


def test_who_is_put_on_twice_is_on_it_once(cast: Cast) -> None:
    listed, julie = added(cast.client), contact(cast)
    with scope(company=cast.client):
        put = [listing.put_on_list(listed=listed, contact=julie, acting=cast.admin, now=NOW) for _ in range(2)]
        taken = [listing.take_off_list(listed=listed, contact=julie, acting=cast.admin) for _ in range(2)]
    assert (put, taken, on(listed)) == ([True, False], [True, False], [])
    assert verbs() == ["added", "member_added", "member_removed"]
    entry = Entry.objects.get(verb="contact.list_member_added")
    assert (entry.object_label, entry.details["contact"]) == ("Vaccin 2026", "Julie Tremblay")


def test_a_deleted_contact_is_not_counted_and_comes_back_to_its_lists(cast: Cast) -> None:
    listed, empty = added(cast.client), added(cast.client, "Vide")
    julie, marc = contact(cast), contact(cast, "Marc", "514 555-0143")
    with scope(company=cast.client):
        for one in (julie, marc):
            listing.put_on_list(listed=listed, contact=one, acting=None, now=NOW)
        assert (count(listed), count(empty)) == (2, 0)
        services.delete_contact(contact=julie, acting=cast.admin, now=NOW)
    assert (count(listed), on(listed)) == (1, ["Marc"])
    with scope(company=cast.client):
        services.bring_back_contact(contact=julie, acting=cast.admin, now=NOW)
    assert (count(listed), on(listed)) == (2, ["Julie Tremblay", "Marc"])


def test_a_contact_is_on_the_lists_it_was_given(cast: Cast) -> None:
    a, b, c, gone = (added(cast.client, name) for name in ("A", "B", "C", "D"))
    julie = contact(cast)
    with scope(company=cast.client):
        listing.set_lists(contact=julie, lists=[a, b, gone], acting=cast.admin, now=NOW)
        listing.delete_list(listed=gone, acting=cast.admin, now=NOW)
        listing.set_lists(contact=julie, lists=[b, c], acting=cast.admin, now=NOW)
        listing.bring_back_list(listed=gone, acting=cast.admin)
        assert [one.name for one in julie.lists.order_by("name")] == ["B", "C", "D"]
    assert verbs()[4:] == ["member_added"] * 3 + ["deleted", "member_removed", "member_added", "brought_back"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_name_at_once_the_second_is_told(cast: Cast) -> None:
    def add(name: str) -> Any:
        return lambda: listing.add_list(company=cast.client, particulars=ListParticulars(name=name), now=NOW)

    results = at_once(cast.client, add("Aînés"), add("aînés"), written="contacts_contactlist")
    assert sorted(type(result).__name__ for result in results) == ["ContactList", "ListTaken"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_the_same_contact_on_a_list_at_once_both_have_it_there(cast: Cast) -> None:
    listed, julie = added(cast.client), contact(cast)

    def put() -> bool:
        return listing.put_on_list(listed=listed, contact=julie, acting=cast.admin, now=NOW)

    results = at_once(cast.client, put, put, written="contacts_listmember")
    assert (sorted(map(str, results)), on(listed)) == (["False", "True"], ["Julie Tremblay"])
    assert verbs() == ["added", "member_added"]
