"""Objects of other companies, in every address that names one: they are not there, and nothing happens to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach, Role
from scopchat.accounts.services import companies_of, create_user
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.channels.providers.protocol import Adapter
from scopchat.tenancy.addresses import is_companys
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import create_company
from tests.cast import Cast
from tests.pages import PAGES, Page, things_of, values_of
from tests.people import Browser, signed_in
from tests.test_permissions import WHOLE, WHOLE_AND_PART, answers, browser_of

NOBODYS = {Adapter}
"""What addresses name that belongs to no company."""
OBJECT_PAGES = [
    page for page in PAGES if page.access.permissions is not None and {*page.access.arguments.values()} - NOBODYS
]
WRITES = re.compile(r"\bINSERT INTO\b|\bDELETE FROM\b|(?<!FOR )(?<!KEY )\bUPDATE\b")
PEOPLE = ["admin", "manager", "agent", "user", "l2_admin", "l2_admin in client", "outsider_admin"]


@pytest.fixture(autouse=True)
def photos(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@contextmanager
def written() -> Iterator[list[str]]:
    """Every statement that changes a row, as it happens."""
    found: list[str] = []

    def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.search(sql):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield found


def browser_for(cast: Cast, who: str) -> tuple[User, Company, Browser]:
    """The person, the company they look at, and their browser."""
    name, _in, entered = who.partition(" in ")
    if name == "l2_admin":
        person = create_user(
            company=cast.l2, username=name, email="l2@exemple.test", display_name=name, role=Role.RESELLER_ADMIN,
            password=None,
        )  # fmt: skip
    else:
        person = getattr(cast, name)
    browser = browser_of(person)
    company: Company = getattr(cast, entered) if entered else person.company
    browser.look_at(company)
    return person, company, browser


def elsewhere(cast: Cast, company: Company) -> list[tuple[Company, User]]:
    """Companies above, below, beside and apart, with somebody of each."""
    sibling = create_company(parent=cast.l2, kind=Kind.CLIENT, name="Clinique voisine")
    others = [cast.l1, cast.l2, cast.client, sibling, cast.outsider]
    return [(one, stranger_of(one)) for one in others if one != company]


def stranger_of(company: Company) -> User:
    return create_user(
        company=company, username=f"s{company.pk}", email=f"s{company.pk}@exemple.test", display_name="Autre",
        role=Role.AGENT, password=None,
    )  # fmt: skip


def within_reach(person: User, looked_at: Company, company: Company) -> bool:
    """Whether pages of companies show this one to the person."""
    if person.reach(Permission.MANAGE_COMPANIES) == Reach.SUBTREE:
        return company.is_or_is_under(person.company)
    return company == looked_at


def mixtures(page: Page, own: dict[type, Any], theirs: dict[type, Any], *, sees: bool) -> Iterator[dict[str, Any]]:
    """The address with everything of the other company, and with each thing alone of it among what is one's own."""
    foreign = {name for name, model in page.access.arguments.items() if not (model is Company and sees)}
    mine, other = values_of(page, own), values_of(page, theirs)
    if foreign:
        yield {name: other[name] if name in foreign else mine[name] for name in mine}
    if len(mine) > 1:
        yield from ({**mine, name: other[name]} for name in foreign)


@pytest.mark.parametrize("who", PEOPLE)
def test_what_belongs_to_another_company_is_not_there_and_stays_as_it_was(cast: Cast, who: str) -> None:
    person, looked_at, browser = browser_for(cast, who)
    own, wrong = things_of(looked_at, person), []
    for company, stranger in elsewhere(cast, looked_at):
        theirs = things_of(company, stranger)
        sees = within_reach(person, looked_at, company)
        for page in OBJECT_PAGES:
            if not all(map(person.may, page.access.permissions or ())):
                continue
            for values in mixtures(page, own, theirs, sees=sees):
                with written() as changes:
                    for words, _part, response in answers(browser, page, values, WHOLE_AND_PART):
                        if response.status_code != 404:
                            wrong.append(f"{page.name} of {company}: {words}")
                wrong += [f"{page.name} of {company} wrote: {sql}" for sql in changes]
    assert wrong == []


@pytest.mark.parametrize("who", ["admin", "agent", "l2_admin"])
def test_no_page_opens_in_a_company_that_is_not_ones_to_look_at(cast: Cast, who: str) -> None:
    person, _own, browser = browser_for(cast, who)
    others = set(Company.objects.all()) - set(companies_of(person))
    wrong = [] if others else ["there is no other company"]
    for company in others:
        things = things_of(company, stranger_of(company))
        browser.company_id = company.pk
        for page in PAGES:
            if not is_companys(page.address(dict.fromkeys(page.arguments, 1))):
                continue
            with written() as changes:
                for words, _part, response in answers(browser, page, values_of(page, things), WHOLE):
                    if response.status_code != 404:
                        wrong.append(f"{page.name} in {company}: {words}")
            wrong += [f"{page.name} in {company} wrote: {sql}" for sql in changes]
    assert wrong == []


@pytest.mark.parametrize("who", ["agent2", "manager", "outsider_admin"])
def test_nobody_closes_a_browser_or_removes_a_passkey_of_another_person(cast: Cast, who: str) -> None:
    theirs = things_of(cast.client, cast.agent)
    browser = browser_of(getattr(cast, who))
    for page in OBJECT_PAGES:
        if page.access.permissions == ():
            for words, _part, response in answers(browser, page, values_of(page, theirs), WHOLE_AND_PART):
                assert response.status_code == 404, words


NUMBERS = st.one_of(
    st.integers(), st.sampled_from([0, -1, 2**31, 2**63 - 1, 2**63, 10**30, "+1", "٣", "1.0", "1e3", "0x1", "NaN"])
)
WORDS = st.text(min_size=1, max_size=60).filter(lambda text: "/" not in text and text not in {".", ".."})


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=NUMBERS | WORDS)
def test_what_does_not_exist_is_not_there_whatever_is_typed(cast: Cast, value: object) -> None:
    known = {str(number) for number in existing(cast)}
    browser = browser_of(cast.operator_admin)
    wrong = []
    for page in OBJECT_PAGES:
        if str(value) in known:
            continue
        with written() as changes:
            for words, _part, response in answers(browser, page, dict.fromkeys(page.arguments, value), WHOLE):
                # Some words are another page: /users/add/.
                if response.status_code != 404 and str(value) not in {"add", "new", "anew", "export"}:
                    wrong.append(f"{page.name}: {words}")
        wrong += changes
    assert wrong == []


def existing(cast: Cast) -> set[int]:
    """Ids that an address of the operator's administrator may find."""
    return {*Company.objects.values_list("pk", flat=True), *User.objects.values_list("pk", flat=True)}


@pytest.mark.parametrize("value", [0, -1, 2**63 - 1, 2**63, 10**30, "x", "é", "%00", "\x00", "a" * 500, "'; --", "{}"])
def test_no_address_breaks_the_server(cast: Cast, value: object) -> None:
    browser = browser_of(cast.operator_admin)
    for page in PAGES:
        if page.arguments:
            for words, _part, response in answers(browser, page, dict.fromkeys(page.arguments, value), WHOLE):
                assert response.status_code < 500, f"{page.name}: {words}"


def test_no_search_finds_anything_of_another_company(cast: Cast) -> None:
    things_of(cast.outsider, cast.outsider_admin)
    record(verb=Verb.AUDIT_EXPORTED, company=cast.outsider, acting=cast.outsider_admin, details={})
    browser = signed_in(cast.admin)
    for address in (
        "/audit/export/?q=Côté",
        "/audit/?q=Côté",
        f"/interactions/?q=555{cast.outsider.pk:04d}",
        f"/users/?q={cast.outsider_admin.username}",
    ):
        response = browser.get(address)
        content = b"".join(response) if response.streaming else response.content
        assert response.status_code == 200, address
        for word in ("Paul", f"555-{cast.outsider.pk:04d}", "Boulangerie"):
            assert word not in content.decode(), address
