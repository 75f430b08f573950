"""Whose data a page shows is said by its address alone, whatever the browser has looked at before."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import get_script_prefix

from scopchat.interactions.tests.desk import conversation
from scopchat.tenancy.addresses import is_companys
from tests.cast import PASSWORD, Cast
from tests.mails import mails
from tests.pages import PAGES
from tests.people import FRAGMENT, signed_in
from tests.test_isolation import written

OF_NO_COMPANY = {
    *("set_language", "simulator_carrier", "simulator_carrier_account", "simulator_carrier_message", "web:static_file"),
    *("accounts:account", "accounts:email", "accounts:confirm_email", "accounts:password", "accounts:preferences"),
    *("carriers_photo", "simulator_carrier_photo"),
    *("accounts:activity", "accounts:first_password", "accounts:invitation", "accounts:presence"),
}
"""Beside those under /account/."""
ELSEWHERE = ["/messages/", "/messages/new/", "/users/", "/interactions/", "/audit/export/", "/", ""]
NO_IDS = ["0", "007", "-1", "+1", "٣", "1.0", "x", "%00", "1%00", "9" * 18, "9" * 19, "9" * 400, "%2e%2e", "1%2f", ""]


def test_only_a_persons_own_and_strangers_pages_have_no_company() -> None:
    found = {page.name: page.address(dict.fromkeys(page.arguments, 1)) for page in PAGES}
    none = {name for name, address in found.items() if not is_companys(address)}
    assert {name for name in none if not found[name].startswith("/account/")} == OF_NO_COMPANY
    assert {page.name for page in PAGES if page.access.permissions is None} <= none, "pages of strangers"


def test_no_page_of_no_company_stands_under_one(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    for page in PAGES:
        address = page.address(dict.fromkeys(page.arguments, 1))
        if not is_companys(address):
            assert browser.get(f"/c/{cast.client.pk}{address}").status_code == 404, address


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_company_that_is_not_ones_to_look_at_is_not_there(cast: Cast, path: str) -> None:
    for person, company in ((cast.admin, cast.outsider), (cast.admin, cast.l2), (cast.manager, cast.distributor)):
        answer = signed_in(person).get(f"/c/{company.pk}{path}")
        assert answer.status_code == 404
        page = answer.content.decode()
        assert company.name not in page
        assert re.findall(r'(?:href|action)="/c/(\d+)/', page) == [str(cast.client.pk)]


@pytest.mark.parametrize("number", NO_IDS)
def test_a_company_that_does_not_exist_is_not_there(cast: Cast, number: str) -> None:
    browser = signed_in(cast.operator_admin)
    for path in ("/messages/", "/users/", "/live"):
        assert browser.get(f"/c/{number}{path}").status_code == 404
        assert browser.post(f"/c/{number}{path}").status_code == 404


def test_a_stranger_lands_after_sign_in_where_the_address_says(cast: Cast) -> None:
    with_thread = conversation(cast.channel_queue, assignee=cast.agent)
    address, browser = f"/c/{cast.client.pk}/messages/{with_thread.pk}/?view=all", Client()
    sign_in = browser.get(address)["Location"]
    assert sign_in.startswith("/account/login/?next=")
    answer = browser.post(sign_in, {"login": "sophie", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == address
    assert answer.status_code == 200


def test_an_address_does_not_tell_strangers_which_companies_there_are(cast: Cast) -> None:
    known, unknown = (Client().get(f"/c/{pk}/users/") for pk in (cast.client.pk, 999_999_999))
    assert (known.status_code, unknown.status_code) == (302, 302)


def test_an_address_without_a_company_means_ones_own(cast: Cast) -> None:
    browser, plain = signed_in(cast.operator_admin), Client()
    plain.cookies = browser.cookies
    browser.look_at(cast.client)
    own = f"/c/{cast.operator.pk}"
    assert plain.get("/")["Location"] == f"{own}/messages/"
    assert plain.get("/messages/7/?view=all&q=%C3%A9")["Location"] == f"{own}/messages/7/?view=all&q=%C3%A9"
    assert plain.head("/users/")["Location"] == f"{own}/users/"
    assert plain.get("/users")["Location"] == "/users/"
    assert plain.get("/messages/anew", headers=FRAGMENT)["HX-Refresh"] == "true"
    assert plain.get("/nothing/").status_code == 404


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_nothing_is_changed_by_an_address_without_a_company(cast: Cast, headers: dict[str, str]) -> None:
    plain = Client()
    plain.force_login(cast.admin)
    made = conversation(cast.channel_queue, assignee=cast.admin)
    for path in ("/users/add/", "/channels/add/", f"/messages/{made.pk}/close/", "/company/"):
        with written() as changes:
            assert plain.post(path, {"name": "x"}, headers=headers).status_code == 404
        assert changes == []


def test_a_form_of_one_company_sent_to_another_changes_nothing_of_either(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    browser.look_at(cast.outsider)
    made = conversation(cast.channel_queue, assignee=cast.admin)
    browser.look_at(cast.client)
    wrong = f"/c/{cast.outsider.pk}"
    for path in (
        f"/users/{cast.agent.pk}/disable/",
        f"/channels/{cast.channel_queue.pk}/",
        f"/messages/{made.pk}/close/",
    ):
        with written() as changes:
            assert browser.post(wrong + path, {"display_name": "x", "name": "x"}).status_code == 404
        assert changes == []


def test_two_tabs_in_two_companies_each_lead_on_in_their_own(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    for company in (cast.client, cast.outsider, cast.client):
        page = browser.get(f"/c/{company.pk}/users/").content.decode()
        assert f'hx-get="/c/{company.pk}/users/"' in page
        assert f'data-home="/c/{company.pk}/"' in page
        assert 'href="/me/"' in page
        assert 'action="/account/logout/"' in page
        assert 'href="/static/' in page
        assert f'src="/c/{company.pk}' not in page
    assert get_script_prefix() == "/"


def test_a_notice_waits_for_a_page_of_its_company(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    values = {"display_name": "Sophie", "email": cast.agent.email, "language": "fr", "role": "agent"}
    at = f"/c/{cast.client.pk}/users/{cast.agent.pk}/"
    assert browser.post(at, values).status_code == 302
    saved = "Les modifications sont enregistrées."
    for other in (f"/c/{cast.outsider.pk}/users/", f"/c/{cast.operator.pk}/users/", "/me/"):
        assert saved not in browser.get(other).content.decode()
    assert saved in browser.get(at).content.decode()
    assert saved not in browser.get(at).content.decode()


def test_an_invitation_leads_where_no_company_is_looked_at(cast: Cast) -> None:
    new = {"username": "nadia", "email": "nadia@exemple.test", "display_name": "Nadia", "access": "invitation"}
    signed_in(cast.admin).post("/users/add/", {**new, "language": "fr", "role": "agent"})
    (mail,) = mails()
    assert "http://testserver.localhost/invitation/" in mail["text"]
