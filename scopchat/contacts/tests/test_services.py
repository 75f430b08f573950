"""Contacts as they are added, changed, deleted and described."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.audit.models import Entry
from scopchat.common.phones import BadNumber
from scopchat.common.refusals import Conflict, NotAllowed
from scopchat.contacts import labelling, services
from scopchat.contacts.errors import ContactGone, LabelTaken, NumberTaken, TooManyLabels
from scopchat.contacts.models import Contact, ContactNote, Label
from scopchat.contacts.services import Particulars
from scopchat.contacts.signals import contacts_changed
from tests.at_once import at_once
from tests.cast import Cast

NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
JULIE = Particulars(name="Julie Tremblay", business="Boulangerie du Parc", email="julie@duparc.example")


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What the domains above are told."""
    found: list[dict[str, Any]] = []

    def listen(sender: object, signal: object, **values: Any) -> None:
        found.append(values)

    contacts_changed.connect(listen)
    yield found
    contacts_changed.disconnect(listen)


def added(cast: Cast, phone: str = "514 555-0142", particulars: Particulars = JULIE) -> Contact:
    with scope(company=cast.client):
        return services.add_contact(
            company=cast.client, phone=phone, particulars=particulars, acting=cast.admin, now=NOW
        )


def verbs() -> list[str]:
    return list(Entry.objects.filter(verb__startswith="contact.").order_by("pk").values_list("verb", flat=True))


def test_it_adds_a_contact_by_a_number_as_people_write_it(cast: Cast, told: list[dict[str, Any]]) -> None:
    contact = added(cast)
    assert (contact.number, contact.called, contact.initials) == ("+15145550142", "Julie Tremblay", "JT")
    assert contact.search == "julie tremblay\nboulangerie du parc\n+15145550142\njulie@duparc.example"
    assert verbs() == ["contact.added"]
    assert told == [{"company_id": cast.client.pk, "numbers": ["+15145550142"], "in_rows": True, "now": NOW}]


@pytest.mark.parametrize("phone", ["", "12", "555", "abc", "+1 514 555", "BANQUE", "٥١٤"])
def test_it_refuses_what_is_no_number(cast: Cast, phone: str) -> None:
    with pytest.raises(BadNumber):
        added(cast, phone)


def test_a_number_is_in_an_address_book_once_and_in_that_of_each_company(cast: Cast) -> None:
    added(cast)
    with pytest.raises(NumberTaken):
        added(cast, "+1 (514) 555-0142", Particulars(name="Une autre"))
    with scope(company=cast.outsider):
        services.add_contact(company=cast.outsider, phone="514 555-0142", particulars=JULIE, now=NOW)


def test_who_has_no_name_is_called_by_the_business_and_else_by_the_number(cast: Cast) -> None:
    firm = added(cast, particulars=Particulars(name="", business="Plomberie Lavoie"))
    bare = added(cast, "514 555-0143", Particulars(name=""))
    assert (firm.called, firm.initials, str(firm)) == ("Plomberie Lavoie", "PL", "Plomberie Lavoie")
    assert (bare.called, bare.initials, str(bare)) == ("", "43", "+15145550143")


def test_the_longest_names_there_are_fit_into_the_index(cast: Cast) -> None:
    widest = "".join(chr(0x1F300 + place) for place in range(120))
    unfolding = "\ufdfa" * 120
    contact = added(cast, particulars=Particulars(name=widest, business=unfolding, email="a@b.example"))
    assert len(contact.search.encode()) <= 2_000


def test_it_changes_a_contact_and_its_number(cast: Cast, told: list[dict[str, Any]]) -> None:
    contact = added(cast)
    told.clear()
    with scope(company=cast.client):
        services.change_contact(
            contact=contact, phone="438 555-0177", particulars=Particulars(name="Julie Roy"), acting=cast.admin, now=NOW
        )
        contact.refresh_from_db()
    assert (contact.number, contact.name, contact.business) == ("+14385550177", "Julie Roy", "")
    assert contact.search == "julie roy\n\n+14385550177\n"
    assert [one["numbers"] for one in told] == [["+14385550177", "+15145550142"]]
    details = Entry.objects.get(verb="contact.changed").details
    assert details["name"] == {"before": "Julie Tremblay", "after": "Julie Roy"}


def test_a_change_that_changes_nothing_is_none(cast: Cast, told: list[dict[str, Any]]) -> None:
    contact = added(cast)
    with scope(company=cast.client):
        services.change_contact(contact=contact, phone="514 555-0142", particulars=JULIE, acting=cast.admin, now=NOW)
    assert (verbs(), len(told)) == (["contact.added"], 1)


def test_a_deleted_contact_comes_back_with_its_notes_and_labels(cast: Cast) -> None:
    contact = added(cast)
    with scope(company=cast.client):
        label = labelling.add_label(company=cast.client, name="Fidèle")
        labelling.set_labels(contact=contact, labels=[label], now=NOW)
        services.add_note(contact=contact, text="Préfère le matin.", acting=cast.agent, now=NOW)
        services.delete_contact(contact=contact, acting=cast.admin, now=NOW)
        assert services.contact_of("+15145550142") is None
        with pytest.raises(ContactGone):
            services.change_contact(contact=contact, phone="1", particulars=JULIE, acting=cast.admin, now=NOW)
        services.bring_back_contact(contact=contact, acting=cast.admin, now=NOW)
        back = services.contact_of("+15145550142")
        assert back is not None
        assert ([str(one) for one in back.labels.all()], back.notes.get().text) == (["Fidèle"], "Préfère le matin.")
        with pytest.raises(Conflict):
            services.bring_back_contact(contact=contact, acting=cast.admin, now=NOW)


def test_a_deleted_contact_stays_away_where_its_number_was_taken_since(cast: Cast) -> None:
    contact = added(cast)
    with scope(company=cast.client):
        services.delete_contact(contact=contact, acting=cast.admin, now=NOW)
    added(cast, particulars=Particulars(name="Marc Bouchard"))
    with scope(company=cast.client), pytest.raises(NumberTaken):
        services.bring_back_contact(contact=contact, acting=cast.admin, now=NOW)


def test_deleted_contacts_are_removed_for_good_after_a_while(cast: Cast) -> None:
    kept, recent, old = (added(cast, f"514 555-014{place}") for place in range(3))
    with scope(company=cast.client):
        services.add_note(contact=old, text="…", acting=cast.agent, now=NOW)
        services.delete_contact(contact=old, acting=cast.admin, now=NOW)
        services.delete_contact(contact=recent, acting=cast.admin, now=NOW + timedelta(hours=2))
    with scopes_disabled():
        assert sum(services.prune(NOW + timedelta(hours=1))) == 1
        assert {*Contact.objects.values_list("pk", flat=True)} == {kept.pk, recent.pk}


def test_a_note_belongs_to_its_author(cast: Cast, told: list[dict[str, Any]]) -> None:
    contact = added(cast)
    told.clear()
    with scope(company=cast.client):
        note = services.add_note(contact=contact, text="Préfère le matin.", acting=cast.agent, now=NOW)
        for change in (
            lambda: services.change_note(note=note, text="…", acting=cast.admin, now=NOW),
            lambda: services.remove_note(note=note, acting=cast.admin, now=NOW),
        ):
            with pytest.raises(NotAllowed):
                change()
        services.change_note(note=note, text="Préfère le soir.", acting=cast.agent, now=NOW)
        assert ContactNote.objects.get().text == "Préfère le soir."
        services.remove_note(note=note, acting=cast.agent, now=NOW)
        assert not ContactNote.objects.exists()
    assert [one["in_rows"] for one in told] == [False, False, False]


def test_a_label_is_there_once_whatever_its_capitals(cast: Cast) -> None:
    with scope(company=cast.client):
        labelling.add_label(company=cast.client, name="Fidèle")
        with pytest.raises(LabelTaken):
            labelling.add_label(company=cast.client, name="FIDÈLE")
    with scope(company=cast.outsider):
        labelling.add_label(company=cast.outsider, name="Fidèle")


def test_labels_take_the_colours_in_turn_and_then_begin_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelling, "MAX_LABELS", 12)
    with scope(company=cast.client):
        made = [labelling.add_label(company=cast.client, name=f"Étiquette {place}") for place in range(12)]
        assert [label.hue for label in made] == [*range(10), 0, 1]
        with pytest.raises(TooManyLabels):
            labelling.add_label(company=cast.client, name="De trop")


def test_a_contact_wears_the_labels_it_was_given(cast: Cast, told: list[dict[str, Any]]) -> None:
    contact = added(cast)
    told.clear()
    with scope(company=cast.client):
        a, b, c = (labelling.add_label(company=cast.client, name=name) for name in "abc")
        labelling.set_labels(contact=contact, labels=[a, b], now=NOW)
        labelling.set_labels(contact=contact, labels=[b, c], now=NOW)
        assert [str(label) for label in contact.labels.order_by("name")] == ["b", "c"]
        labelling.set_labels(contact=contact, labels=[c, b], now=NOW)
        assert len(told) == 2
        labelling.take_off(contact=contact, label=b, now=NOW)
        assert [str(label) for label in contact.labels.all()] == ["c"]
        labelling.remove_label(label=c, acting=cast.admin, now=NOW)
        assert not contact.labels.exists()
        assert [str(label) for label in Label.objects.order_by("name")] == ["a", "b"]
    assert [one["numbers"] for one in told] == [["+15145550142"]] * 4


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_number_at_once_the_second_is_told(cast: Cast) -> None:
    def add(name: str) -> Any:
        return lambda: services.add_contact(
            company=cast.client, phone="514 555-0142", particulars=Particulars(name=name), acting=cast.admin, now=NOW
        )

    results = at_once(cast.client, add("Julie"), add("Marc"), written="contacts_contact")
    assert sorted(type(result).__name__ for result in results) == ["Contact", "NumberTaken"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("julie", True), ("TREMBLAY jul", True), ("boulangerie", True), ("514 555-0142", True), ("555-01", True),
        ("(514)", True), ("duparc", True), ("julie roy", False), ("999", False), ("", True), ("a" * 10_000, False),
    ],
)  # fmt: skip
def test_it_is_found_by_words_and_by_a_part_of_its_number(cast: Cast, typed: str, found: bool) -> None:
    contact = added(cast)
    with scope(company=cast.client):
        assert [*Contact.objects.kept().found_by(typed)] == ([contact] if found else [])
