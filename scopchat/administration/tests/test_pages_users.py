"""The pages of people: who sees them, who comes in, and whom nobody touches."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django_scopes import scope

from scopchat.accounts import presence
from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.administration import people
from scopchat.audit.models import Entry
from scopchat.common.clock import utc_now
from scopchat.tenancy.models import Company
from tests.cast import PASSWORD, Cast
from tests.people import FRAGMENT, entered, signed_in

ACTIONS = ("disable", "enable", "sessions", "password", "invitation")


def values(**changes: str) -> dict[str, str]:
    return {
        "display_name": "Nadia Roy", "username": "nadia", "email": "nadia@exemple.test", "role": "agent",
        "language": "fr", "access": "password", **changes,
    }  # fmt: skip


def listed(browser: Client, **query: str) -> list[str]:
    return [person.username for person, _may in browser.get("/users/", query).context["rows"]]


@pytest.mark.parametrize("who", ["agent", "manager", "user"])
def test_it_refuses_who_may_not(cast: Cast, who: str) -> None:
    browser = signed_in(getattr(cast, who))
    for page in ("/users/", "/users/add/", f"/users/{cast.agent.pk}/"):
        assert browser.get(page).status_code == 403
    assert browser.post(f"/users/{cast.agent2.pk}/disable/").status_code == 403


def test_people_of_another_company_are_not_there(cast: Cast) -> None:
    browser = signed_in(cast.outsider_admin)
    assert listed(browser) == ["paul"]
    assert browser.get(f"/users/{cast.agent.pk}/").status_code == 404
    assert browser.post(f"/users/{cast.agent.pk}/", values()).status_code == 404
    for action in ACTIONS:
        assert browser.post(f"/users/{cast.agent.pk}/{action}/").status_code == 404
    assert signed_in(cast.operator_admin).get(f"/users/{cast.agent.pk}/").status_code == 404


def test_it_lists_by_name_and_finds_without_accents(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    assert listed(browser) == ["amelie", "karim", "linh", "marc", "sophie"]
    assert listed(browser, q="AMELIE gagnon") == ["amelie"]
    assert listed(browser, q="sophie@") == ["sophie"]
    assert listed(browser, role="agent") == ["linh", "sophie"]
    assert listed(browser, role="nonsense", state="nonsense") == ["amelie", "karim", "linh", "marc", "sophie"]
    browser.post(f"/users/{cast.agent.pk}/disable/")
    assert listed(browser, state="disabled") == ["sophie"]
    assert "sophie" not in listed(browser)
    assert "sophie" in listed(browser, state="all")


def test_a_long_list_goes_on_where_it_ended(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "PAGE", 2)
    browser, seen, after = signed_in(cast.admin), [], ""
    while True:
        response = browser.get("/users/", {"after": after} if after else {}, headers=FRAGMENT)
        seen += [person.username for person, _may in response.context["rows"]]
        after = response.context["next_cursor"]
        if not after:
            break
    assert seen == ["amelie", "karim", "linh", "marc", "sophie"]


def test_it_asks_the_database_the_same_whatever_the_length(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for place in range(20):
        create_user(
            company=cast.client, username=f"p{place}", email=f"p{place}@exemple.test", display_name=f"P {place}",
            role=Role.AGENT, password=None,
        )  # fmt: skip
    browser = signed_in(cast.admin)
    # Session, person, names, a page of them; has the company a simulator.
    with django_assert_max_num_queries(5):
        browser.get("/users/")


def test_it_shows_who_is_there_and_when_others_were(cast: Cast) -> None:
    presence.arrive(person=cast.agent, now=utc_now())
    html = signed_in(cast.admin).get("/users/").content.decode()
    assert f'presence-online" data-presence="{cast.agent.pk}"' in html
    assert f'presence-offline" data-presence="{cast.agent2.pk}"' in html
    assert f'data-seen="{cast.agent.pk}"' in html


def test_a_password_is_generated_and_shown_once(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    html = browser.post("/users/add/", values()).content.decode()
    (password,) = re.findall(r'id="password" value="([^"]+)"', html)
    assert entered("nadia", password).get("/messages/")["Location"] == "/me/first-password/"
    person = User.objects.get(username="nadia")
    assert (person.company, person.role, person.must_change_password) == (cast.client, "agent", True)
    assert password not in browser.get(f"/users/{person.pk}/").content.decode()


def test_an_invitation_is_sent_instead(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    person_page = browser.post("/users/add/", values(access="invitation"))["Location"]
    html = browser.get(person_page).content.decode()
    assert "Renvoyer l’invitation" in html
    assert browser.post(f"{person_page}invitation/").status_code == 302
    assert browser.post(f"/users/{cast.agent.pk}/invitation/").status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "SOPHIE"}, "username"),
        ({"username": "paul"}, "username"),
        ({"username": "deux mots"}, "username"),
        ({"email": "Sophie@exemple.test"}, "email"),
        ({"email": "sophie"}, "email"),
        ({"role": "reseller_admin"}, "role"),
        ({"role": "system_admin"}, "role"),
        ({"display_name": " "}, "display_name"),
    ],
)
def test_it_refuses_what_cannot_be_and_keeps_what_was_typed(cast: Cast, changes: dict[str, str], field: str) -> None:
    answer = signed_in(cast.admin).post("/users/add/", values(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Nadia" in answer.content.decode() or field == "display_name"


def test_it_says_when_the_company_is_full(cast: Cast) -> None:
    Company.objects.filter(pk=cast.client.pk).update(max_users=5)
    answer = signed_in(cast.admin).post("/users/add/", values())
    assert answer.status_code == 422
    assert "La limite de 5 utilisateurs est atteinte." in answer.content.decode()


def test_it_changes_a_person_and_shows_their_queues_and_channels(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    page = f"/users/{cast.agent.pk}/"
    assert "Accueil" in browser.get(page).content.decode()
    changed = {"display_name": "Sophie Roy-Côté", "email": "s@exemple.test", "role": "manager", "language": "en"}
    assert browser.post(page, changed)["Location"] == f"/c/{cast.client.pk}{page}"
    person = User.objects.get(pk=cast.agent.pk)
    assert {name: getattr(person, name) for name in changed} == changed
    taken = browser.post(page, {**changed, "email": "marc@exemple.test"})
    assert list(taken.context["form"].errors) == ["email"]


def test_nobody_changes_their_own_role_or_disables_themselves(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    page = f"/users/{cast.admin.pk}/"
    assert "role" not in browser.get(page).context["form"].fields
    browser.post(page, {"display_name": "A", "email": cast.admin.email, "language": "fr", "role": "agent"})
    browser.post(f"{page}disable/")
    assert browser.post(f"{page}password/").status_code == 403
    person = User.objects.get(pk=cast.admin.pk)
    assert (person.display_name, person.role, person.is_active) == ("A", "company_admin", True)


def test_the_last_administrator_stays_one_and_the_page_says_why(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    browser.look_at(cast.client)
    page = f"/users/{cast.admin.pk}/"
    values = {"display_name": "A", "email": cast.admin.email, "language": "fr", "role": "agent"}
    answer = browser.post(page, values)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["role"])
    shown = browser.post(f"{page}disable/", follow=True).content.decode()
    assert "sans administrateur" in shown
    assert User.objects.get(pk=cast.admin.pk).is_active


def test_who_administers_a_company_has_no_power_over_who_administers_more(cast: Cast) -> None:
    def someone(username: str, role: Role) -> User:
        return create_user(
            company=cast.l2, username=username, email=f"{username}@exemple.test", display_name=username, role=role,
            password=PASSWORD,
        )  # fmt: skip

    rene, alice = someone("rene", Role.RESELLER_ADMIN), someone("alice", Role.COMPANY_ADMIN)
    browser = signed_in(alice)
    assert listed(browser) == ["alice", "rene"]
    for action in ("", *(f"{action}/" for action in ACTIONS)):
        assert browser.post(f"/users/{rene.pk}/{action}").status_code == 403
    assert signed_in(rene).get(f"/users/{alice.pk}/").status_code == 200


def test_who_comes_from_above_acts_under_their_own_name(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    browser.look_at(cast.client)
    assert listed(browser) == ["amelie", "karim", "linh", "marc", "sophie"]
    browser.post("/users/add/", values())
    browser.post(f"/users/{cast.agent.pk}/sessions/")
    latest = list(Entry.objects.latest_first()[:2])
    assert [entry.verb for entry in latest] == ["user.sessions_ended", "user.created"]
    for entry in latest:
        assert (entry.person_id, entry.person_company_id) == (cast.operator_admin.pk, cast.operator.pk)
        assert entry.company_id == cast.client.pk


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_are_posts(cast: Cast, action: str) -> None:
    assert signed_in(cast.admin).get(f"/users/{cast.agent.pk}/{action}/").status_code == 405


def test_what_is_done_shows_in_the_state_of_the_person(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    page = f"/users/{cast.agent.pk}/"
    browser.post(f"{page}disable/")
    assert "Désactivé" in browser.get(page).content.decode()
    browser.post(f"{page}enable/")
    assert User.objects.get(pk=cast.agent.pk).is_active
    with scope(company=cast.client):
        assert list(cast.agent.queues.all()) == [cast.queue]


def test_the_menu_of_a_line_offers_what_may_be_done_and_comes_back_to_the_list(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    assert f'data-menu="/c/{cast.client.pk}/users/{cast.agent.pk}/menu/"' in browser.get("/users/").content.decode()
    menu = browser.get(f"/users/{cast.agent.pk}/menu/").content.decode()
    assert [words for words in ("Modifier", "Fermer toutes les sessions", "Désactiver") if words not in menu] == []
    answered = browser.post(f"/users/{cast.agent.pk}/disable/", {"in": "list"})
    assert answered["Location"] == f"/c/{cast.client.pk}/users/"
    assert "Réactiver" in browser.get(f"/users/{cast.agent.pk}/menu/").content.decode()
    own = browser.get(f"/users/{cast.admin.pk}/menu/").content.decode()
    assert "Désactiver" not in own
    assert signed_in(cast.outsider_admin).get(f"/users/{cast.agent.pk}/menu/").status_code == 404
