"""Lending from the pages of providers and channels, and what a borrower's pages show and never show."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.channels.lending import lend_channel, lend_provider
from scopchat.channels.models import Channel, Destination, Loan, Provider
from scopchat.channels.queries import count_in, count_out
from scopchat.common.clock import utc_now
from tests.cast import Cast
from tests.html import flat
from tests.lending import SECRET, Lender, channel_by, channel_on, fresh, make_lender
from tests.people import Browser, signed_in


@pytest.fixture
def lender(cast: Cast) -> Lender:
    return make_lender(cast)


@pytest.fixture
def loan(cast: Cast, lender: Lender) -> Loan:
    return lend_provider(provider=lender.provider, borrower=cast.client, acting=lender.admin, now=utc_now())


def running(lender: Lender) -> list[tuple[str, bool]]:
    """Who has what: the borrower's name, and whether it is a channel."""
    with scope(company=lender.provider.company):
        found = Loan.objects.filter(revoked_at=None).order_by("id")
        return [(loan.borrower.name, loan.channel_id is not None) for loan in found]


def visiting(user: User, company_id: int) -> Browser:
    """A browser of somebody from above who has entered the company."""
    browser = signed_in(user)
    browser.company_id = company_id
    return browser


def test_it_lends_a_provider_to_a_company_that_is_chosen(cast: Cast, lender: Lender) -> None:
    browser, address = signed_in(lender.admin), f"/providers/{lender.provider.pk}/lend/"
    assert offered(browser, address) == ["Télécom Laval", "Réseau Rive-Sud", "Clinique Laurier", "Boulangerie du Parc"]
    assert offered(browser, f"{address}?q=LAURIER") == ["Clinique Laurier"]
    for part in (address, f"{address}?q=laurier"):
        assert f'name="company" value="{cast.client.pk}"' in flat(browser.get(part).content), (
            "it is chosen, not entered"
        )
    page = browser.post(address, {"company": cast.client.pk}, follow=True).content.decode()
    assert "Prêté à Clinique Laurier." in page
    assert running(lender) == [("Clinique Laurier", False)]
    assert offered(browser, f"{address}?q=laurier") == []


def offered(browser: Client, address: str) -> list[str]:
    """The companies among which the dialog lets one choose."""
    return re.findall(r'<span class="pop-words"> <span>(.*?)</span>', flat(browser.get(address).content))


def test_it_lends_a_channel_and_takes_it_back(cast: Cast, lender: Lender) -> None:
    browser = signed_in(lender.admin)
    page = browser.post(f"/channels/{lender.channel.pk}/lend/", {"company": cast.client.pk}, follow=True)
    html = page.content.decode()
    assert "Ce canal est prêté à une autre société" in html
    assert running(lender) == [("Clinique Laurier", True)]
    assert "Prêté à Clinique Laurier" in browser.get("/channels/").content.decode()
    with scope(company=cast.distributor):
        loan = Loan.objects.get()
    assert "«\xa0Promotions\xa0» s’arrête aussitôt" in browser.get(f"/loans/{loan.pk}/revoke/").content.decode()
    assert "Repris à Clinique Laurier." in browser.post(f"/loans/{loan.pk}/revoke/", follow=True).content.decode()
    assert running(lender) == []
    assert "déjà été repris" in browser.post(f"/loans/{loan.pk}/revoke/", follow=True).content.decode()


def test_before_it_is_taken_back_it_says_how_many_channels_stop(cast: Cast, lender: Lender, loan: Loan) -> None:
    browser = signed_in(lender.admin)
    assert "n’y a aucun canal" in browser.get(f"/loans/{loan.pk}/revoke/").content.decode()
    for address in ("+14385550171", "+14385550172"):
        channel_on(lender.provider, cast, address)
    assert "2 canaux s’arrêtent aussitôt." in browser.get(f"/loans/{loan.pk}/revoke/").content.decode()


def test_the_lender_sees_counts_and_nothing_of_the_customers(cast: Cast, lender: Lender, loan: Loan) -> None:
    made = channel_on(lender.provider, cast)
    count_in({made.pk: 1234}, now=utc_now())
    count_out(channel_id=made.pk, segments=3, now=utc_now())
    page = signed_in(lender.admin).get(f"/providers/{lender.provider.pk}/").content.decode()
    assert "reçus\xa0:\xa01\u202f234 · envoyés\xa0:\xa01" in page
    assert "3 segments" in page
    assert "Emprunté" not in page


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "user"])
def test_who_manages_no_companies_lends_nothing(cast: Cast, who: str) -> None:
    browser = signed_in(getattr(cast, who))
    for page in (
        f"/providers/{cast.provider.pk}/lend/",
        f"/channels/{cast.channel_queue.pk}/lend/",
        "/loans/1/revoke/",
    ):
        assert browser.get(page).status_code == 403
        assert browser.post(page, {"company": cast.outsider.pk}).status_code == 403
    if who == "admin":
        assert 'id="loans"' not in browser.get(f"/providers/{cast.provider.pk}/").content.decode()
        assert 'id="loans"' not in browser.get(f"/channels/{cast.channel_queue.pk}/").content.decode()


def test_another_companys_things_are_not_there(cast: Cast, lender: Lender, loan: Loan) -> None:
    """Neither to lend nor to take back, and not to a company that is none of theirs."""
    with scope(company=cast.l1):
        lend_provider(provider=lender.provider, borrower=cast.l1, acting=None, now=utc_now())
    below = visiting(cast.operator_admin, cast.l1.pk)
    for page in (f"/providers/{lender.provider.pk}/lend/", f"/channels/{lender.channel.pk}/lend/"):
        assert below.get(page).status_code == 404
        assert below.post(page, {"company": cast.client.pk}).status_code == 404
    assert below.post(f"/loans/{loan.pk}/revoke/").status_code == 404
    own = signed_in(lender.admin)
    address = f"/providers/{lender.provider.pk}/lend/"
    for company in (cast.operator.pk, 999_999, "x", "9" * 40):
        assert own.post(address, {"company": company}).status_code == 404
    assert running(lender) == [("Clinique Laurier", False), ("Télécom Laval", False)]


def test_what_is_refused_is_said(cast: Cast, lender: Lender, loan: Loan) -> None:
    address = f"/providers/{lender.provider.pk}/lend/"
    browser = signed_in(lender.admin)
    assert "Choisissez la société à qui le prêter." in browser.post(address, follow=True).content.decode()
    page = browser.post(address, {"company": cast.client.pk}, follow=True).content.decode()
    assert "Clinique Laurier l’a déjà en prêt." in page
    page = browser.post(address, {"company": cast.distributor.pk}, follow=True).content.decode()
    assert "Une société ne prête qu’aux sociétés sous elle." in page


def test_the_borrower_makes_a_channel_on_it(cast: Cast, lender: Lender, loan: Loan) -> None:
    browser = signed_in(cast.admin)
    form = browser.get("/channels/add/").content.decode()
    assert "Twilio Nord, prêté par Distribution Nord" in form
    values: dict[str, Any] = {
        "name": "Emprunté", "address": "438 555-0171", "provider": lender.provider.pk, "destination": "queue",
        "queue": cast.queue.pk, "throughput": 1,
    }  # fmt: skip
    assert browser.post("/channels/add/", values).status_code == 302
    with scope(company=cast.client):
        assert Channel.objects.get(name="Emprunté").loan_id == loan.pk
    assert "Prêté par Distribution Nord" in browser.get("/channels/").content.decode()
    taken = browser.post("/channels/add/", {**values, "address": lender.channel.address})
    assert "Un canal de ce fournisseur a déjà ce numéro." in taken.content.decode()


def test_a_lent_channel_is_the_borrowers_to_direct_and_the_lenders_to_pace(cast: Cast, lender: Lender) -> None:
    theirs = channel_by(lend_channel(channel=lender.channel, borrower=cast.client, acting=None, now=utc_now()))
    browser = signed_in(cast.admin)
    page = browser.get(f"/channels/{theirs.pk}/").content.decode()
    assert "Distribution Nord" in page
    assert 'name="throughput"' not in page
    assert 'name="address"' not in page
    values = {"name": "Promo", "destination": "queue", "queue": cast.queue.pk, "throughput": 900, "address": "54321"}
    assert browser.post(f"/channels/{theirs.pk}/", values).status_code == 302
    after = fresh(theirs)
    assert (after.name, after.destination, after.queue_id) == ("Promo", Destination.QUEUE, cast.queue.pk)
    assert (after.throughput, after.address) == (20, lender.channel.address)


def test_what_is_taken_back_stays_listed_as_such(cast: Cast, lender: Lender) -> None:
    loan = lend_channel(channel=lender.channel, borrower=cast.client, acting=None, now=utc_now())
    theirs = channel_by(loan)
    signed_in(lender.admin).post(f"/loans/{loan.pk}/revoke/")
    browser = signed_in(cast.admin)
    assert "N’est plus prêté par Distribution Nord" in browser.get("/channels/").content.decode()
    page = browser.get(f"/channels/{theirs.pk}/").content.decode()
    assert "Distribution Nord ne vous prête plus ce canal" in page


def test_no_page_of_the_borrower_holds_anything_secret(cast: Cast, lender: Lender, loan: Loan) -> None:
    """Nor the carrier's own words of what is wrong, which may hold addresses."""
    lend_channel(channel=lender.channel, borrower=cast.client, acting=None, now=utc_now())
    channel_on(lender.provider, cast)
    with scope(company=cast.distributor):
        Provider.objects.filter(pk=lender.provider.pk).update(incident="connection: to https://api.eu1.exemple.test")
        lent = list(Channel.objects.values_list("pk", flat=True))
    with scope(company=cast.client):
        theirs = list(Channel.objects.values_list("pk", flat=True))
    hidden = [SECRET, lender.provider.hook_token, "eu1.exemple.test", "AC1111"]
    own = f"/providers/{lender.provider.pk}/"
    for browser in (signed_in(cast.admin), visiting(cast.operator_admin, cast.client.pk)):
        pages = ["/channels/", "/channels/add/", "/providers/", own, "/audit/", *(f"/channels/{pk}/" for pk in theirs)]
        for page in pages:
            answer = browser.get(page)
            assert answer.status_code == 200, page
            html = answer.content.decode()
            assert [word for word in hidden if word in html] == [], page
        assert "l’opérateur n’a pas pu être joint" in browser.get(own).content.decode()
        assert browser.post(own, {"name": "À moi"}).status_code == 404
        assert browser.post(f"{own}rotate/").status_code == 404
        assert [browser.get(f"/channels/{pk}/").status_code for pk in lent] == [404] * len(lent)
    assert signed_in(cast.outsider_admin).get(own).status_code == 404


def test_once_taken_back_its_page_is_not_there(cast: Cast, lender: Lender, loan: Loan) -> None:
    signed_in(lender.admin).post(f"/loans/{loan.pk}/revoke/")
    browser = signed_in(cast.admin)
    assert browser.get(f"/providers/{lender.provider.pk}/").status_code == 404
    assert "Twilio Nord" not in browser.get("/providers/").content.decode()
