"""The contact of a conversation: in rows and heads, in dialogs, beside the thread, and on other people's pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.contacts import labelling, services
from scopchat.contacts.models import Contact, Label
from scopchat.contacts.services import Particulars
from scopchat.events.catalogue import InteractionsChanged, Part
from scopchat.interactions.models import Interaction
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import NOW, conversation
from tests.cast import Cast
from tests.heard import Heard
from tests.people import FRAGMENT, signed_in

JULIE = {"name": "Julie Tremblay", "business": "Boulangerie du Parc", "email": "julie@duparc.example"}


def named(cast: Cast, number: str = "+15145550142", **particulars: str) -> Contact:
    with scope(company=cast.client):
        return services.add_contact(
            company=cast.client, phone=number, particulars=Particulars(**{**JULIE, **particulars}), now=NOW
        )


def post(user: User, made: Interaction, path: str = "", **fields: Any) -> Any:
    return signed_in(user).post(f"/messages/{made.pk}/contact/{path}", fields, headers=FRAGMENT)


def got(user: User, made: Interaction, path: str = "") -> str:
    return str(signed_in(user).get(f"/messages/{made.pk}/contact/{path}", headers=FRAGMENT).text)


def head(user: User, made: Interaction) -> str:
    html = signed_in(user).get(f"/messages/{made.pk}/").text
    found = re.search(r"<h2>(.*?)</h2>", html)
    assert found is not None
    return re.sub("<[^>]*>", "", found[1])


def shown(cast: Cast, query: str = "") -> list[str]:
    """The faces and names of the rows."""
    html = signed_in(cast.admin).get(f"/messages/{query}").text
    rows = re.findall(r'class="face[^>]*>\s*(\S+)\s*</span><b class="row-who"><bdi[^>]*>([^<]*)', html)
    return [f"{face} {name}" for face, name in rows]


def test_a_row_shows_the_name_and_initials_and_else_the_number(cast: Cast) -> None:
    conversation(cast.channel_queue, "+15145550143")
    conversation(cast.channel_queue, "+15145550144", minutes=1)
    conversation(cast.channel_queue, minutes=2)
    named(cast)
    named(cast, "+15145550144", name="")
    assert shown(cast) == ["JT Julie Tremblay", "BP Boulangerie du Parc", "43 514 555-0143"]


def test_a_name_is_the_companys_own(cast: Cast) -> None:
    conversation(cast.channel_queue)
    with scope(company=cast.outsider):
        services.add_contact(company=cast.outsider, phone="+15145550142", particulars=Particulars(**JULIE), now=NOW)
    assert shown(cast) == ["42 514 555-0142"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("julie", True), ("TREMBLAY%20jul", True), ("boulangerie", True), ("514%20555-0142", True), ("Fatou", False),
        ("999", False), ("%00", True), ("++", True), ("julie%00", True),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by_name_and_by_number(cast: Cast, typed: str, found: bool) -> None:
    conversation(cast.channel_queue)
    named(cast)
    assert shown(cast, f"?q={typed}") == (["JT Julie Tremblay"] if found else [])


def test_an_unknown_number_is_named_by_anybody_who_answers_it(cast: Cast, heard: Heard) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    assert 'name="business"' in got(cast.agent, made)
    heard.clear()
    response = post(cast.agent, made, **JULIE)
    assert (response.status_code, "Julie Tremblay" in response.text) == (200, True)
    assert head(cast.admin, made) == "Julie Tremblay"
    (event,) = heard.of(InteractionsChanged)
    assert ([change.interaction_id for change in event.changes], event.part) == ([made.pk], Part.BOTH)
    made.refresh_from_db()
    assert made.changed_at > NOW


def test_an_agent_names_but_renames_nobody(cast: Cast) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    named(cast)
    assert post(cast.agent, made, "edit/", **JULIE).status_code == 403
    assert "contact/edit/" not in got(cast.agent, made)
    assert "contact/edit/" in got(cast.manager, made)
    assert post(cast.manager, made, "edit/", **{**JULIE, "name": "Julie Roy"}).status_code == 200
    assert head(cast.agent, made) == "Julie Roy"


def test_nobody_names_who_they_do_not_see(cast: Cast) -> None:
    made = conversation(cast.channel_user)
    assert post(cast.agent, made, **JULIE).status_code == 404
    assert post(cast.outsider_admin, made, **JULIE).status_code == 404
    with scope(company=cast.client):
        assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"name": "a" * 10_000}, {"email": "julie"}, {"business": "b" * 121}, {"name": "a\0b"}]
)
def test_it_says_on_the_form_what_cannot_be(cast: Cast, changes: dict[str, str]) -> None:
    made = conversation(cast.channel_queue)
    response = post(cast.admin, made, **{**JULIE, **changes})
    assert (response.status_code, "is-invalid" in response.text) == (422, True)
    assert head(cast.admin, made) == "514 555-0142"


def test_who_named_the_number_first_is_kept(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    named(cast, name="Marc Bouchard")
    response = post(cast.admin, made, **JULIE)
    assert response.status_code == 422
    assert "Un autre contact a ce numéro." in response.text


def test_a_sender_that_is_no_number_has_no_contact(cast: Cast) -> None:
    made = conversation(cast.channel_queue, "BANQUE")
    menu = signed_in(cast.admin).get(f"/messages/{made.pk}/menu/").text
    assert "menu-contact" not in menu
    assert post(cast.admin, made, **JULIE).status_code == 422
    assert 'name="business"' not in got(cast.admin, made)


def test_the_contact_stands_beside_the_thread_and_in_a_dialog(cast: Cast) -> None:
    conversation(cast.channel_queue, status=InteractionStatus.CLOSED)
    made = conversation(cast.channel_queue)
    contact = named(cast)
    with scope(company=cast.client):
        label = labelling.add_label(company=cast.client, name="Fidèle")
        labelling.set_labels(contact=contact, labels=[label], now=NOW)
        services.add_note(contact=contact, text="Préfère le matin.", acting=cast.agent, now=NOW)
    page = signed_in(cast.admin).get(f"/messages/{made.pk}/").text
    for html in (page[page.index('id="aside"') :], got(cast.admin, made)):
        for part in (
            "Boulangerie du Parc",
            "tel:+15145550142",
            "mailto:julie@",
            "Fidèle",
            "Préfère le matin.",
            "Fermé",
        ):
            assert part in html


def test_what_people_write_is_escaped(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    contact = named(cast, name="<script>x</script>", business="<b>")
    with scope(company=cast.client):
        label = labelling.add_label(company=cast.client, name="<i>")
        labelling.set_labels(contact=contact, labels=[label], now=NOW)
        services.add_note(contact=contact, text="<u>", acting=cast.admin, now=NOW)
    html = signed_in(cast.admin).get(f"/messages/{made.pk}/").text + got(cast.admin, made)
    assert not [tag for tag in ("<script>x", "<b>", "<i>", "<u>") if tag in html]


def test_labels_are_put_on_made_in_place_and_taken_off(cast: Cast, heard: Heard) -> None:
    made = conversation(cast.channel_queue)
    contact = named(cast)
    with scope(company=cast.client):
        loyal = labelling.add_label(company=cast.client, name="Fidèle")
    heard.clear()
    assert post(cast.manager, made, "labels/", labels=[loyal.pk], name="Allergie").status_code == 200
    with scope(company=cast.client):
        assert [*contact.labels.order_by("name").values_list("name", flat=True)] == ["Allergie", "Fidèle"]
        made_in_place = Label.objects.get(name="Allergie")
    assert [event.part for event in heard.of(InteractionsChanged)] == [Part.BOTH]
    assert post(cast.agent, made, f"labels/{made_in_place.pk}/take-off/").status_code == 200
    response = post(cast.manager, made, "labels/", name="FIDÈLE")
    assert (response.status_code, "existe déjà" in response.text) == (422, True)
    assert post(cast.manager, made, "labels/").status_code == 200
    with scope(company=cast.client):
        assert not contact.labels.exists()


def test_an_agent_makes_no_label(cast: Cast) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    named(cast)
    assert 'name="name"' not in got(cast.agent, made, "labels/")
    assert post(cast.agent, made, "labels/", name="Allergie").status_code == 200
    with scope(company=cast.client):
        assert not Label.objects.exists()


def test_only_the_author_changes_and_deletes_a_note(cast: Cast) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    contact = named(cast)
    assert post(cast.agent, made, "notes/", text="Préfère le matin.").status_code == 200
    with scope(company=cast.client):
        note = contact.notes.get()
    assert f"notes/{note.pk}/" not in got(cast.admin, made)
    assert f"notes/{note.pk}/" in got(cast.agent, made)
    for path in (f"notes/{note.pk}/", f"notes/{note.pk}/remove/"):
        assert post(cast.admin, made, path, text="…").status_code == 403
    assert signed_in(cast.admin).get(f"/messages/{made.pk}/contact/notes/{note.pk}/").status_code == 403
    assert post(cast.agent, made, f"notes/{note.pk}/", text="").status_code == 422
    assert post(cast.agent, made, f"notes/{note.pk}/", text="n" * 2_001).status_code == 422
    assert post(cast.agent, made, f"notes/{note.pk}/", text="Préfère le soir.").status_code == 200
    assert "Préfère le soir." in got(cast.admin, made)
    assert post(cast.agent, made, f"notes/{note.pk}/remove/").status_code == 200
    with scope(company=cast.client):
        assert not contact.notes.exists()


def test_a_note_is_not_reached_by_another_conversation(cast: Cast) -> None:
    made, other = conversation(cast.channel_queue), conversation(cast.channel_queue, "+15145550143")
    contact = named(cast)
    named(cast, "+15145550143", name="Marc")
    with scope(company=cast.client):
        note = services.add_note(contact=contact, text="…", acting=cast.admin, now=NOW)
    assert post(cast.admin, other, f"notes/{note.pk}/", text="x").status_code == 404
    assert post(cast.admin, made, f"notes/{note.pk}/", text="x").status_code == 200


def test_what_was_done_in_the_dialog_goes_back_to_it(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    named(cast)
    assert 'name="pane"' in got(cast.admin, made, "notes/?pane=yes")
    answered = post(cast.admin, made, "notes/", text="Préfère le matin.", pane="yes", elsewhere="yes").text
    assert 'hx-target="#dialog"' in answered
    assert 'hx-target="#thread-head"' not in answered
    assert "aside-in-dialog" in answered
    assert "aside-in-dialog" not in post(cast.admin, made, "notes/", text="Encore.").text


def test_labels_and_notes_of_no_contact_are_not_there(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    assert post(cast.admin, made, "labels/").status_code == 404
    assert post(cast.admin, made, "notes/", text="…").status_code == 404


def test_a_canned_reply_names_the_contact(cast: Cast) -> None:
    from scopchat.canned.services import add_canned

    made = conversation(cast.channel_queue)
    with scope(company=cast.client):
        add_canned(company=cast.client, name="bonjour", text="Bonjour {name} ({business}) !")
    address = f"/messages/{made.pk}/canned/?q=bonjour"
    assert "Bonjour  () !" in signed_in(cast.admin).get(address).text
    named(cast)
    assert "Bonjour Julie Tremblay (Boulangerie du Parc) !" in signed_in(cast.admin).get(address).text


def test_a_closed_conversation_is_not_drawn_again(cast: Cast, heard: Heard) -> None:
    conversation(cast.channel_queue, status=InteractionStatus.CLOSED)
    named(cast)
    assert not heard.of(InteractionsChanged)


def test_the_archive_shows_names_too(cast: Cast) -> None:
    made = conversation(cast.channel_queue, status=InteractionStatus.CLOSED)
    named(cast)
    browser = signed_in(cast.admin)
    line = browser.get("/interactions/").text
    assert "Julie Tremblay" in line
    assert "514 555-0142" in line
    assert "Lire la conversation avec Julie Tremblay" in line
    assert "Julie Tremblay" in browser.get(f"/interactions/{made.pk}/").text


def test_who_writes_to_somebody_new_is_offered_contacts(cast: Cast) -> None:
    with scope(company=cast.client):
        for number, name in (("+15145550142", "Julie Tremblay"), ("+14505550178", "Fatou Diallo")):
            services.add_contact(company=cast.client, phone=number, particulars=Particulars(name=name), now=NOW)
    admin = signed_in(cast.admin)

    def offered(typed: str) -> list[str]:
        found = admin.get("/messages/recipients/", {"phone": typed}).text
        return re.findall(r'data-fill="(.*?)"', found)

    assert [offered(typed) for typed in ("tremb jul", "450 555", "0142", "J", "zzz", "%")] == [
        ["514 555-0142"], ["450 555-0178"], ["514 555-0142"], [], [], [],
    ]  # fmt: skip
    assert signed_in(cast.outsider_admin).get("/messages/recipients/", {"phone": "Julie"}).text.strip() == ""
