"""What people do from the inbox: by whom, once, and with an answer they can read."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.interactions.models import Direction, Interaction, Message
from scopchat.interactions.status import InteractionStatus, MessageStatus
from scopchat.interactions.tests.desk import conversation, said
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in


def post(user: User, address: str, **values: Any) -> HttpResponse:
    response: HttpResponse = signed_in(user).post(address, values, headers=FRAGMENT)
    return response


def fresh(interaction: Interaction) -> Interaction:
    with scope(company=interaction.company_id):
        found: Interaction = Interaction.objects.select_related("assignee").get(pk=interaction.pk)
    return found


@pytest.mark.parametrize(
    "action",
    [
        "reply",
        "acknowledge",
        "take",
        "recover",
        "release",
        "transfer",
        "pause",
        "resume",
        "close",
        "reopen",
        "note",
        "look",
    ],
)
def test_it_answers_404_to_the_outsider(cast: Cast, action: str) -> None:
    made = conversation(cast.channel_queue)
    assert post(cast.outsider_admin, f"/messages/{made.pk}/{action}/", text="x", key=uuid4()).status_code == 404
    assert fresh(made).status == InteractionStatus.WAITING


@pytest.mark.parametrize("action", ["retry", "settle"])
def test_it_answers_404_to_the_outsider_for_a_message(cast: Cast, action: str) -> None:
    message = said(conversation(cast.channel_queue), "Voilà", direction=Direction.OUT, status=MessageStatus.FAILED)
    assert post(cast.outsider_admin, f"/messages/text/{message.pk}/{action}/").status_code == 404


@pytest.mark.parametrize("action", ["acknowledge", "close"])
def test_it_refuses_an_agent_what_nobody_gave_them(cast: Cast, action: str) -> None:
    made = conversation(cast.channel_queue)
    response = post(cast.agent, f"/messages/{made.pk}/{action}/")
    assert response.status_code == 403
    assert "Pas pour votre rôle" in response.content.decode()


def test_it_sends_a_reply_once_for_a_draft(cast: Cast) -> None:
    made, key = conversation(cast.channel_queue), uuid4()
    first = post(cast.admin, f"/messages/{made.pk}/reply/", text="Bien sûr", key=key)
    post(cast.admin, f"/messages/{made.pk}/reply/", text="Bien sûr", key=key)
    with scope(company=cast.client):
        assert Message.objects.filter(direction=Direction.OUT).count() == 1
    html = first.content.decode()
    assert "Bien sûr" in html
    assert 'id="draft-key"' in html
    assert str(key) not in html


def test_it_says_how_long_a_text_that_is_too_long_is(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    response = post(cast.admin, f"/messages/{made.pk}/reply/", text="é" * 901, key=uuid4())
    assert response.status_code == 422
    assert "901 caractères, au plus 900." in response.content.decode()


def test_it_does_not_send_nothing(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    assert post(cast.admin, f"/messages/{made.pk}/reply/", text=" \n", key=uuid4()).status_code == 422


def test_it_refuses_a_draft_without_a_key(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    assert post(cast.admin, f"/messages/{made.pk}/reply/", text="x", key="").status_code == 422


def test_it_tells_who_was_first(cast: Cast) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    response = post(cast.manager, f"/messages/{made.pk}/take/")
    assert response.status_code == 409
    assert "Sophie Roy a déjà cette conversation." in response.content.decode()


def test_it_gives_a_conversation_to_a_colleague(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    post(
        cast.manager, f"/messages/{made.pk}/transfer/", to=f"person-{cast.agent2.pk}", note="Elle préfère l’après-midi."
    )
    after = fresh(made)
    assert (after.assignee, after.offered_at is None) == (cast.agent2, False)
    with scope(company=cast.client):
        assert [event.note for event in made.events.all()] == ["Elle préfère l’après-midi."]


def test_it_gives_no_conversation_to_somebody_elsewhere(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    assert (
        post(cast.manager, f"/messages/{made.pk}/transfer/", to=f"person-{cast.outsider_admin.pk}").status_code == 409
    )
    assert fresh(made).assignee is None


def test_it_says_in_the_thread_that_it_is_closed(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    html = post(cast.admin, f"/messages/{made.pk}/close/").content.decode()
    assert "Cette conversation est fermée." in html


def test_it_marks_as_read_what_was_looked_at(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    assert post(cast.admin, f"/messages/{made.pk}/look/").status_code == 200
    assert fresh(made).unread == 0


def test_it_answers_a_plain_form_with_the_thread(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    response = signed_in(cast.admin).post(f"/messages/{made.pk}/acknowledge/")
    assert response["Location"] == f"/c/{cast.client.pk}/messages/{made.pk}/"


def test_it_retries_what_failed_and_settles_what_is_unknown(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    failed = said(made, "Un", direction=Direction.OUT, status=MessageStatus.FAILED)
    unknown = said(made, "Deux", direction=Direction.OUT, status=MessageStatus.UNKNOWN)
    post(cast.admin, f"/messages/text/{failed.pk}/retry/")
    post(cast.admin, f"/messages/text/{unknown.pk}/settle/", was_sent="yes")
    with scope(company=cast.client):
        failed.refresh_from_db()
        unknown.refresh_from_db()
    assert (failed.status, unknown.status) == (MessageStatus.QUEUED, MessageStatus.SENT)


@pytest.mark.parametrize("who", ["agent", "manager"])
def test_it_starts_no_conversation_for_who_may_not(cast: Cast, who: str) -> None:
    assert signed_in(getattr(cast, who)).get("/messages/new/").status_code == 403


def test_a_text_that_is_not_sent_yet_is_kept_for_its_company(cast: Cast) -> None:
    dialog = signed_in(cast.user).get("/messages/new/").content.decode()
    assert f'data-draft="{cast.user.pk}:{cast.client.pk}:new"' in dialog


def test_it_starts_a_conversation(cast: Cast) -> None:
    values = {"channel": cast.channel_user.pk, "phone": "514 555-0142", "text": "Bonjour", "key": uuid4()}
    response = post(cast.user, "/messages/new/", **values)
    with scope(company=cast.client):
        made = Interaction.objects.get(customer="+15145550142")
    assert response["HX-Redirect"] == f"/c/{cast.client.pk}/messages/{made.pk}/"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"phone": "123"}, "Ce numéro ne peut pas exister."),
        ({"text": "x" * 950}, "950 caractères, au plus 900."),
        ({"text": ""}, "Écrivez d’abord quelque chose."),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(cast: Cast, changed: dict[str, str], words: str) -> None:
    values = {"channel": cast.channel_user.pk, "phone": "514 555-0142", "text": "Bonjour", "key": uuid4(), **changed}
    response = post(cast.user, "/messages/new/", **values)
    html = response.content.decode()
    assert response.status_code == 422
    assert words in html
    assert str(values["phone"]) in html
    assert str(values["text"]) in html


def test_it_offers_only_channels_the_person_may_use(cast: Cast) -> None:
    html = signed_in(cast.user).get("/messages/new/").content.decode()
    assert "Marc · 438 555-0102" in html
    assert "Accueil" not in html
    values = {"channel": cast.channel_queue.pk, "phone": "514 555-0142", "text": "Bonjour", "key": uuid4()}
    assert post(cast.user, "/messages/new/", **values).status_code == 422


def signed_by(user: User, signature: str) -> User:
    user.signature = signature
    user.save(update_fields=["signature"])
    return user


@pytest.mark.parametrize(
    ("typed", "signed", "sent"),
    [("Bonjour \n", "1", "Bonjour\n— Sophie"), ("Bonjour", "", "Bonjour"), ("x" * 890, "1", None), (" ", "1", None)],
)
def test_a_text_ends_with_its_writers_signature_unless_it_is_left_out(
    cast: Cast, typed: str, signed: str, sent: str | None
) -> None:
    person = signed_by(cast.agent, "— Sophie" if typed != "x" * 890 else "une signature un peu longue")
    made = conversation(cast.channel_queue, assignee=person)
    answer = post(person, f"/messages/{made.pk}/reply/", key=uuid4(), text=typed, signed=signed)
    assert answer.status_code == (200 if sent else 422)
    with scope(company=cast.client):
        texts = list(Message.objects.filter(direction="out").values_list("text", flat=True))
    assert texts == ([sent] if sent else [])


def test_the_composer_shows_the_signature_it_adds(cast: Cast) -> None:
    person = signed_by(cast.agent, "<b>Sophie</b>")
    made = conversation(cast.channel_queue, assignee=person)
    html = signed_in(person).get(f"/messages/{made.pk}/").content.decode()
    assert 'data-signature="&lt;b&gt;Sophie&lt;/b&gt;" checked' in html
    other = conversation(cast.channel_queue, "+15145550199", assignee=cast.agent2)
    assert "data-signature" not in signed_in(cast.agent2).get(f"/messages/{other.pk}/").content.decode()


def test_a_new_conversation_is_signed_too(cast: Cast) -> None:
    person = signed_by(cast.user, "Marc")
    values = {
        "key": uuid4(),
        "channel": cast.channel_user.pk,
        "phone": "514 555-0177",
        "text": "Bonjour",
        "signed": "1",
    }
    assert post(person, "/messages/new/", **values).status_code == 200
    with scope(company=cast.client):
        assert Message.objects.get(direction="out").text == "Bonjour\nMarc"
