"""What people write is kept while they write, in one draft for all their windows, and sent once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django_scopes import scope

from scopchat.interactions.models import Draft, Interaction, Message
from scopchat.interactions.tests.desk import conversation
from tests.cast import Cast
from tests.html import flat
from tests.people import FRAGMENT, signed_in

KEY, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def made(cast: Cast) -> Interaction:
    return conversation(cast.channel_queue)


def write(browser: Client, interaction: Interaction, text: str, *, key: UUID = KEY, is_note: bool = False) -> UUID:
    """Keeps the draft; the key it has."""
    typed = {"text": text, "key": str(key), "is_note": "yes" if is_note else ""}
    answered = browser.post(f"/messages/{interaction.pk}/draft/", typed)
    assert answered.status_code == 200
    return UUID(answered.json()["key"])


def send(browser: Client, interaction: Interaction, text: str, key: UUID) -> Any:
    return browser.post(f"/messages/{interaction.pk}/reply/", {"text": text, "key": str(key)}, headers=FRAGMENT)


def box(browser: Client, interaction: Interaction) -> str:
    """The reply box as a page opens with it."""
    page = flat(browser.get(f"/messages/{interaction.pk}/").content)
    return page[page.index("<text-composer") : page.index("</text-composer>")]


def texts(cast: Cast) -> list[str]:
    with scope(company=cast.client):
        return list(Message.objects.filter(direction="out").order_by("id").values_list("text", flat=True))


def test_it_is_there_on_another_device_and_nowhere_else(cast: Cast, made: Interaction) -> None:
    write(signed_in(cast.admin), made, "Bonjour <b>", is_note=True)
    shown = box(signed_in(cast.admin), made)
    assert ">Bonjour &lt;b&gt;</textarea>" in shown
    assert f'value="{KEY}"' in shown
    assert 'value="yes" checked' in shown
    assert "Bonjour" not in box(signed_in(cast.manager), made)
    assert "Bonjour" not in box(signed_in(cast.admin), conversation(cast.channel_user))


def test_two_windows_have_one_key_and_send_it_once(cast: Cast, made: Interaction) -> None:
    one, two = signed_in(cast.admin), signed_in(cast.admin)
    assert write(one, made, "Oui") == KEY
    assert write(two, made, "Oui, demain", key=OTHER) == KEY
    for browser in (one, two):
        assert send(browser, made, "Oui, demain", KEY).status_code == 200
    assert texts(cast) == ["Oui, demain"]


def test_what_was_written_on_in_another_window_is_not_lost(cast: Cast, made: Interaction) -> None:
    browser = signed_in(cast.admin)
    send(browser, made, "Oui", KEY)
    refused = send(browser, made, "Oui, demain", KEY)
    assert refused.status_code == 422
    assert "est déjà parti d’une autre fenêtre" in refused.content.decode()
    assert 'hx-target="#draft-key"' in refused.content.decode()
    assert write(browser, made, "Oui, demain") != KEY
    assert texts(cast) == ["Oui"]


def test_what_is_sent_or_noted_or_emptied_is_no_draft_any_more(cast: Cast, made: Interaction) -> None:
    browser = signed_in(cast.admin)
    write(browser, made, "Oui")
    send(browser, made, "Oui", KEY)
    assert "Oui" not in box(browser, made)
    noted = {"text": "À rappeler", "key": str(write(browser, made, "À rappeler", key=OTHER)), "is_note": "yes"}
    browser.post(f"/messages/{made.pk}/reply/", noted, headers=FRAGMENT)
    write(browser, made, "x", key=uuid4())
    write(browser, made, " ")
    with scope(company=cast.client):
        assert not Draft.objects.exists()


def test_a_draft_kept_late_of_what_was_sent_meanwhile_is_no_draft(cast: Cast, made: Interaction) -> None:
    browser = signed_in(cast.admin)
    send(browser, made, "Oui", KEY)
    with scope(company=cast.client):
        Draft.objects.create(
            company=cast.client, interaction=made, person=cast.admin, key=KEY, text="Oui", written_at=made.opened_at
        )
    assert "Oui" not in box(browser, made)
    assert write(browser, made, "Autre chose") != KEY


@pytest.mark.parametrize("typed", [{"text": "x"}, {"text": "x", "key": "x"}, {}])
def test_what_is_none_is_refused(cast: Cast, made: Interaction, typed: dict[str, str]) -> None:
    assert signed_in(cast.admin).post(f"/messages/{made.pk}/draft/", typed).status_code == 422
    assert signed_in(cast.outsider_admin).post(f"/messages/{made.pk}/draft/", typed).status_code == 404


def test_a_very_long_one_is_kept_in_part(cast: Cast, made: Interaction) -> None:
    write(signed_in(cast.admin), made, "é" * 20_000)
    with scope(company=cast.client):
        assert len(Draft.objects.get().text) == 5_000
