"""The shell: the menu by role, the company switcher, preferences, and what went wrong in the person's language."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.formats import date_format
from django_scopes import scopes_disabled

from scopchat.accounts.models import Presence, Theme, User
from scopchat.web import views
from tests.cast import PASSWORD, Cast
from tests.html import flat
from tests.people import FRAGMENT, signed_in


def menu(html: bytes) -> list[str]:
    """Addresses of the menu."""
    return re.findall(r'class="menu-entry" href="([^"]+)"', flat(html))


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("agent", "messages interactions contacts"),
        ("manager", "messages interactions contacts canned-replies"),
        ("user", "messages interactions contacts"),
        (
            "admin",
            "messages interactions contacts queues canned-replies users channels hours "
            "providers company audit simulator",
        ),
        (
            "outsider_admin",
            "messages interactions contacts queues canned-replies users channels hours "
            "providers company audit simulator",
        ),
        (
            "operator_admin",
            "messages interactions contacts mass-sends opt-outs queues canned-replies users channels hours providers "
            "companies audit",
        ),
    ],
)
def test_it_shows_in_the_menu_what_the_role_may_open(cast: Cast, who: str, expected: str) -> None:
    person: User = getattr(cast, who)
    for page in ("/messages/", "/me/"):
        shown = menu(signed_in(person).get(page).content)
        assert shown == [f"/c/{person.company_id}/{name}/" for name in expected.split()]


def test_mass_sends_are_in_the_menu_where_the_operator_has_allowed_them(cast: Cast) -> None:
    cast.client.mass_sends = True
    cast.client.save(update_fields=["mass_sends"])
    of_admin = menu(signed_in(cast.admin).get("/messages/").content)
    of_agent = menu(signed_in(cast.agent).get("/messages/").content)
    for name in ("mass-sends", "opt-outs"):
        assert f"/c/{cast.client.pk}/{name}/" in of_admin
        assert f"/c/{cast.client.pk}/{name}/" not in of_agent


@pytest.mark.parametrize("who", ["agent", "manager", "user", "admin", "outsider_admin", "operator_admin"])
def test_it_opens_every_page_of_the_menu(cast: Cast, who: str) -> None:
    browser = signed_in(getattr(cast, who))
    pages = menu(browser.get("/messages/").content)
    assert [browser.get(page, follow=True).status_code for page in pages] == [200] * len(pages)


def test_it_begins_with_messages(cast: Cast) -> None:
    assert signed_in(cast.agent).get("/")["Location"] == f"/c/{cast.client.pk}/messages/"


def test_it_switches_to_a_company_below(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    browser.look_at(cast.client)
    assert b"Clinique Laurier" in browser.get("/messages/").content


def test_it_offers_no_switcher_to_who_has_one_company(cast: Cast) -> None:
    assert b"/switch/" not in signed_in(cast.admin).get("/messages/").content


def test_it_keeps_presence_theme_and_language(cast: Cast) -> None:
    browser = signed_in(cast.agent)
    browser.post("/me/presence/", {"presence": "busy"})
    browser.post("/me/preferences/", {"theme": "dark"})
    browser.post("/me/preferences/", {"language": "en"})
    agent = User.objects.get(pk=cast.agent.pk)
    assert (agent.presence, agent.theme, agent.language) == (Presence.BUSY, Theme.DARK, "en")
    html = flat(browser.get("/messages/").content)
    assert '<html lang="en" dir="ltr" data-theme-choice="dark" data-bs-theme="dark">' in html
    assert "Choose a conversation" in html


def test_it_ignores_choices_that_do_not_exist(cast: Cast) -> None:
    browser = signed_in(cast.agent)
    browser.post("/me/presence/", {"presence": "asleep"})
    browser.post("/me/preferences/", {"theme": "pink", "language": "tlh"})
    agent = User.objects.get(pk=cast.agent.pk)
    assert (agent.theme, agent.language) == (Theme.SYSTEM, "fr")


@pytest.mark.parametrize("referer", ["https://elsewhere.test/", "//elsewhere.test/", ""])
def test_it_leads_nobody_elsewhere(cast: Cast, referer: str) -> None:
    response = signed_in(cast.agent).post("/me/presence/", {"presence": "busy"}, headers={"Referer": referer})
    assert response["Location"] == "/"


@pytest.mark.parametrize(("language", "words"), [("fr", "Pas pour votre rôle"), ("en", "Not for your role")])
def test_it_refuses_in_the_persons_language(cast: Cast, language: str, words: str) -> None:
    User.objects.filter(pk=cast.agent.pk).update(language=language)
    response = signed_in(cast.agent).get("/channels/")
    assert response.status_code == 403
    assert words in response.content.decode()


def test_it_says_on_the_page_what_went_wrong_with_a_part_of_it(cast: Cast) -> None:
    response = signed_in(cast.agent).get("/channels/", headers=FRAGMENT)
    assert response.content.strip().startswith(b'<hx-partial hx-target="#toasts"')


def test_it_has_a_page_for_what_is_not_there(cast: Cast) -> None:
    response = signed_in(cast.agent).get("/nowhere/")
    assert response.status_code == 404
    assert "Rien ici" in response.content.decode()


def test_it_says_that_it_broke_without_asking_the_database(rf: RequestFactory) -> None:
    with translation.override("fr"), scopes_disabled():
        response = views.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Quelque chose s’est brisé" in response.content.decode()


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_what_broke_is_said_in_the_direction_of_the_language(rf: RequestFactory, language: str, direction: str) -> None:
    with translation.override(language), scopes_disabled():
        html = views.server_error(rf.get("/")).content.decode()
    assert f'<html lang="{language}" dir="{direction}"' in html
    assert ("tabler.rtl.min.css" in html) == (direction == "rtl")


@pytest.mark.parametrize(("language", "shown"), [("fr", "22 nov. 2026, 14 h 05"), ("en", "Nov 22, 2026, 2:05 p.m.")])
def test_dates_name_the_month(language: str, shown: str) -> None:
    with translation.override(language):
        assert date_format(datetime(2026, 11, 22, 14, 5, tzinfo=UTC), "SHORT_DATETIME_FORMAT") == shown


def test_it_answers_expired_pages_in_words(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.agent)
    response = browser.post("/me/presence/", {"presence": "busy"})
    assert response.status_code == 403
    assert "Cette page a expiré" in response.content.decode()


def test_it_greets_strangers_in_their_browsers_language(client: Client, db: None) -> None:
    assert b"Connexion" in client.get("/account/login/", headers={"Accept-Language": "fr-CA"}).content
    assert b"Sign in" in client.get("/account/login/", headers={"Accept-Language": "en"}).content


@pytest.mark.parametrize("login", ["amelie", "Amelie@exemple.test"])
def test_it_signs_in_by_username_or_e_mail(cast: Cast, client: Client, login: str) -> None:
    response = client.post("/account/login/", {"login": login, "password": PASSWORD})
    assert response["Location"] == "/"


def test_it_keeps_the_name_when_the_password_is_wrong(cast: Cast, client: Client) -> None:
    response = client.post("/account/login/", {"login": "amelie", "password": "x"})
    assert b'value="amelie"' in response.content
    assert b"notice-error" in response.content


def test_it_lets_nobody_sign_up(client: Client, db: None) -> None:
    assert "créés par les administrateurs" in client.get("/account/signup/").content.decode()


def test_it_allows_no_inline_script_or_style(cast: Cast) -> None:
    for address in (
        "/messages/",
        "/interactions/",
        "/users/",
        "/users/add/",
        "/me/",
        "/channels/",
        "/channels/add/",
        "/providers/",
        "/audit/",
        "/simulator/",
    ):
        response = signed_in(cast.admin).get(address)
        html = response.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", html), address
        assert "default-src 'self'" in response["Content-Security-Policy"]
