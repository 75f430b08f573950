"""The archive as a file: what its filter finds, for who may see it, as text that no spreadsheet runs."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django_scopes import scope, scopes_disabled
from hypothesis import given
from hypothesis import strategies as st

from scopchat.accounts.models import User
from scopchat.channels.models import Channel
from scopchat.common.csv_export import lines
from scopchat.common.phones import to_e164
from scopchat.contacts.services import Particulars, add_contact
from scopchat.exports.models import Export
from scopchat.exports.running import begin
from scopchat.interactions import archive_export
from scopchat.interactions.archive_export import _row
from scopchat.interactions.models import Attachment, Interaction, Message, Purpose
from scopchat.interactions.services.indexing import index_texts
from scopchat.interactions.tests.desk import NOW, conversation, said
from scopchat.queues.models import Queue
from scopchat.queues.services import create_queue
from tests.cast import Cast
from tests.people import FRAGMENT, Browser, signed_in


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def asked(browser: Browser, **filter_: str) -> Export:
    """The export that the button of the archive asks for."""
    answer = browser.post("/interactions/export/", filter_, headers=FRAGMENT)
    assert answer["HX-Redirect"].endswith("/exports/"), answer.content.decode()
    with scope(company=browser.company_id):
        return Export.objects.order_by("pk").last()


def written(export: Export) -> None:
    run = begin(export.company_id, export.pk, now=NOW)
    while run and run.step(now=NOW):
        pass


def taken(browser: Browser, **filter_: str) -> list[list[str]]:
    """The lines of the file below its first, as a spreadsheet reads them."""
    export = asked(browser, **filter_)
    written(export)
    answer = browser.get(f"/exports/{export.pk}/download/")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(content, newline="")))[1:]


def texts(rows: list[list[str]]) -> list[str]:
    return [row[13] for row in rows]


def test_each_text_is_a_line_with_all_that_is_known_of_it(cast: Cast) -> None:
    made = conversation(
        cast.channel_queue, texts=0, status="closed", assignee=cast.agent, closed_at=NOW + timedelta(hours=1)
    )
    first = said(made, "Bonjour,\nvous êtes ouverts?")
    said(made, "Oui", at=NOW + timedelta(minutes=2), direction="out", status="failed", reason="opted_out",
         author=cast.agent, segments=2)  # fmt: skip
    said(made, "Fermé", direction="out", status="sent", purpose=Purpose.AUTOMATIC, customer="+15145550142")
    with scope(company=cast.client):
        for position in range(2):
            Attachment.objects.create(company=cast.client, message=first, position=position, content_type="image/png")
        add_contact(company=cast.client, phone="+15145550142", particulars=Particulars(name="Julie"), now=NOW)
    browser = signed_in(cast.admin)
    export = asked(browser)
    written(export)

    content = b"".join(browser.get(f"/exports/{export.pk}/download/").streaming_content)

    assert content.startswith(b"\xef\xbb\xbfInteraction,Statut,Canal,")
    of_all = [
        *(str(made.pk), "Fermé", "Accueil", "'+14385550101", "Accueil", "Sophie Roy", "'+15145550142", "Julie"),
        *("2026-11-23T09:00:00-05:00", "2026-11-23T10:00:00-05:00"),
    ]
    at = "2026-11-23T09:00:00-05:00"
    assert list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))) == [
        [
            *("Interaction", "Statut", "Canal", "Numéro du canal", "File d’attente", "Personne", "Numéro du client"),
            *("Contact", "Ouverte le", "Fermée le", "Date du message", "Sens", "Expéditeur", "Texte", "Livraison"),
            *("Segments", "Photos"),
        ],
        [*of_all, at, "reçu", "Julie", "Bonjour,\nvous êtes ouverts?", "reçu", "1", "2"],
        [*of_all, "2026-11-23T09:02:00-05:00", "envoyé", "Sophie Roy", "Oui",
         "échec (bloqué par l’opérateur : le client a envoyé STOP)", "2", "0"],
        [*of_all, at, "envoyé", "Réponse automatique", "Fermé", "remis à l’opérateur", "1", "0"],
    ]  # fmt: skip


@pytest.fixture
def talks(cast: Cast) -> list[Interaction]:
    """Three conversations of the client and one of another company."""
    with scope(company=cast.client):
        queue = create_queue(company=cast.client, name="Ventes")
    made = [
        conversation(cast.channel_queue, "+15145550101", texts=0, status="closed", assignee=cast.agent),
        conversation(cast.channel_user, "+15145550102", texts=0, minutes=60 * 24),
        conversation(cast.channel_queue, "+14385550103", texts=0, status="open", queue=queue, minutes=60 * 48),
    ]
    for number, one in enumerate(made):
        said(one, f"L’été {number}")
        said(one, f"Texte {number}")
    said(conversation(cast.outsider_channel, texts=0), "L’été d’ailleurs")
    with scopes_disabled():
        index_texts(now=NOW)
    return made


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ({}, "012"),
        ({"status": "closed"}, "0"),
        ({"channel": "{cast.channel_user.pk}"}, "1"),
        ({"queue": "{talks[2].queue_id}"}, "2"),
        ({"person": "{cast.agent.pk}"}, "0"),
        ({"q": "514 555-0102"}, "1"),
        ({"q": "438"}, "2"),
        ({"q": "ETE 2"}, "2"),
        ({"q": "ete", "status": "closed"}, "0"),
        ({"q": "vacances"}, ""),
        ({"since": "2026-11-24"}, "12"),
        ({"until": "2026-11-24"}, "01"),
        ({"since": "2026-11-24", "until": "2026-11-24"}, "1"),
    ],
)
@pytest.mark.parametrize("at_a_time", [2, 200])
def test_it_has_what_the_filter_finds(
    cast: Cast, talks: list[Interaction], filter_: dict[str, str], found: str, at_a_time: int, monkeypatch: Any
) -> None:
    monkeypatch.setattr(archive_export, "AT_A_TIME", at_a_time)
    filled = {name: value.format(cast=cast, talks=talks) for name, value in filter_.items()}
    expected = [text for number in found for text in (f"L’été {number}", f"Texte {number}")]
    assert texts(taken(signed_in(cast.admin), **filled)) == expected


def test_it_has_what_the_person_may_see(cast: Cast, talks: list[Interaction]) -> None:
    assert texts(taken(signed_in(cast.agent))) == ["L’été 0", "Texte 0"]
    assert texts(taken(signed_in(cast.user))) == ["L’été 1", "Texte 1"]
    assert texts(taken(signed_in(cast.outsider_admin))) == ["L’été d’ailleurs"]
    above = signed_in(cast.operator_admin)
    above.look_at(cast.outsider)
    assert texts(taken(above)) == ["L’été d’ailleurs"]


def test_it_is_seen_with_the_rights_of_when_it_runs(cast: Cast, talks: list[Interaction]) -> None:
    browser = signed_in(cast.user)
    export = asked(browser)
    with scope(company=cast.client):
        Interaction.objects.filter(pk=talks[2].pk).update(assignee=cast.user)
    written(export)
    content = b"".join(browser.get(f"/exports/{export.pk}/download/").streaming_content).decode()
    assert "Texte 1" in content
    assert "Texte 2" in content


@pytest.mark.parametrize("rows", [1, 2, 3, 7])
def test_a_conversation_without_end_is_written_in_parts(cast: Cast, rows: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(archive_export, "MAX_ROWS", rows)
    monkeypatch.setattr(archive_export, "AT_A_TIME", 2)
    for number in range(3):
        conversation(cast.channel_queue, f"+1514555010{number}", texts=3)
    export = asked(signed_in(cast.admin))
    run = begin(export.company_id, export.pk, now=NOW)
    while run.step(now=NOW):
        with scope(company=cast.client):
            export.refresh_from_db()
        assert export.done <= export.total == 3
    with scope(company=cast.client):
        export.refresh_from_db()
    assert (export.rows, export.done) == (9, 3)
    content = b"".join(signed_in(cast.admin).get(f"/exports/{export.pk}/download/").streaming_content).decode()
    assert content.count("Bonjour 0") == content.count("Bonjour 2") == 3


def test_what_the_filter_names_must_still_be_there(cast: Cast, talks: list[Interaction]) -> None:
    export = asked(signed_in(cast.admin), person=str(cast.agent.pk))
    User.objects.filter(pk=cast.agent.pk).update(is_active=False)
    written(export)
    with scope(company=cast.client):
        export.refresh_from_db()
    assert (export.state, export.trouble) == ("failed", "gone")


def test_who_may_no_longer_choose_gets_nothing_rather_than_more(cast: Cast, talks: list[Interaction]) -> None:
    export = asked(signed_in(cast.manager), channel=str(cast.channel_user.pk))
    User.objects.filter(pk=cast.manager.pk).update(role="agent")
    written(export)
    with scope(company=cast.client):
        export.refresh_from_db()
    assert (export.state, export.trouble) == ("failed", "gone")


def test_a_filter_that_names_nothing_of_the_companys_is_refused(cast: Cast) -> None:
    answer = signed_in(cast.admin).post(
        "/interactions/export/", {"channel": cast.outsider_channel.pk}, headers=FRAGMENT
    )
    assert "n’existe plus" in answer.content.decode()
    with scope(company=cast.client):
        assert not Export.objects.exists()


def test_an_agent_who_left_the_queue_does_not_get_what_was_taken_of_it(cast: Cast, talks: list[Interaction]) -> None:
    browser = signed_in(cast.agent)
    export = asked(browser)
    written(export)
    assert browser.get(f"/exports/{export.pk}/download/").status_code == 200
    with scope(company=cast.client):
        cast.queue.members.filter(user=cast.agent).delete()
    assert browser.get(f"/exports/{export.pk}/download/").status_code == 404


def test_the_page_says_what_it_was_narrowed_to(cast: Cast, talks: list[Interaction]) -> None:
    browser = signed_in(cast.admin)
    asked(browser, status="closed", q=" ete ", person=str(cast.agent.pk), since="2026-11-24")
    page = browser.get("/exports/").content.decode()
    for words in ("Statut : Fermé", "Mots ou numéro : ete", "Personne : Sophie Roy", "Du : 24 nov. 2026"):
        assert words in page


def test_a_batch_asks_the_database_the_same_however_many_texts(cast: Cast) -> None:
    counts = []
    for texts_each in (1, 20):
        for number in range(5):
            conversation(cast.channel_queue, f"+1514555{texts_each:02}{number:02}", texts=texts_each, status="closed")
        export = asked(signed_in(cast.admin))
        run = begin(export.company_id, export.pk, now=NOW)
        asked_for: list[str] = []

        def listen(execute: Any, sql: str, *more: Any, asked_for: list[str] = asked_for) -> Any:
            asked_for.append(sql)
            return execute(sql, *more)

        with connection.execute_wrapper(listen):
            run.step(now=NOW)
        counts.append(len(asked_for))
    assert counts[0] == counts[1]


TYPED = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30) | st.builds(
    str.__add__, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", " =", '"=', ",="]), st.text(max_size=5)
)


@given(st.lists(TYPED, min_size=7, max_size=7), st.sampled_from(["in", "out"]))
def test_no_cell_begins_like_a_formula_whatever_was_typed(typed: list[str], direction: str) -> None:
    text, customer, channel, address, queue, person, contact = typed
    interaction = Interaction(
        pk=1, status="open", customer=customer, opened_at=NOW, channel=Channel(name=channel, address=address),
        queue=Queue(name=queue), assignee=User(display_name=person),
    )  # fmt: skip
    vars(interaction)["contact"] = {"name": contact}
    message = Message(
        direction=direction, text=text, status="failed", reason="opted_out", created_at=NOW,
        author=User(display_name=person),
    )  # fmt: skip
    row = _row(message, interaction, 0)

    (read,) = csv.reader(StringIO(lines([row]), newline=""))

    assert [cell for cell in read if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert [cell.removeprefix("'") for cell in read] == [str(value).removeprefix("'") for value in row]


def test_a_number_in_the_file_is_a_number_for_our_own_import() -> None:
    (read,) = csv.reader(StringIO(lines([["+15145550100"]])))
    assert read == ["'+15145550100"]
    assert to_e164(read[0], country="CA") == "+15145550100"
    assert to_e164("'+33612345678", country="CA") == "+33612345678"
