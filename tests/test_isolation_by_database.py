"""The database as a second judge of isolation: each page says the same where it can read the companies in scope alone.

Every page is rendered for every role as it is, and once more under row-level security, by an account that sees of each
table with a `company_id` only the rows of the companies in scope at that statement. A query that forgets its company
then finds less, and the page differs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from django_scopes import scope
from django_scopes.state import get_scope

from scopchat.accounts.models import User
from scopchat.channels import lending
from scopchat.interactions.models import Interaction
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.tenancy import tree
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company, SegmentUse
from scopchat.tenancy.services import create_company
from tests.cast import Cast
from tests.lending import channel_on, make_lender
from tests.pages import PAGES, things_of, values_of
from tests.people import FRAGMENT
from tests.test_isolation import stranger_of
from tests.test_permissions import OF_OWN_COMPANY, asked, browser_of, person_of

EACH_ROLE = ["operator_admin", "l2_admin", "admin", "manager", "agent", "user"]
IN_PARTS = {"admin", "l2_admin"}
"""Who asks for each page's part as well: those whose pages hold the most."""
TABLES = """
SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND c.column_name = 'company_id' AND t.table_type = 'BASE TABLE'
"""
SEEN = """
company_id = ANY (string_to_array(current_setting('judge.companies', true), ',')::bigint[])
OR ('{table}' = ANY (string_to_array(current_setting('judge.tables', true), ','))
    AND company_id = ANY (string_to_array(current_setting('judge.also', true), ',')::bigint[]))
"""
OWN_ROW = "id = NULLIF(current_setting('judge.person', true), '')::bigint"
"""Who asks is read before it is known where they are."""


@pytest.fixture(autouse=True)
def photos(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@dataclass
class Judge:
    """Tells the database which companies each statement may see."""

    person: User
    tables: Collection[str] = ()
    """Where rows of these companies may be seen as well, whatever the scope is."""
    also: Collection[int] = ()
    _told: str | None = None

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        companies = joined(in_scope())
        if companies != self._told:
            self._say("judge.companies", companies)
        # What was said is taken back with what was done.
        self._told = None if sql.startswith("ROLLBACK") else companies
        return execute(sql, params, many, context)

    def _say(self, name: str, value: str) -> None:
        connection.connection.execute("SELECT set_config(%s, %s, false)", [name, value])

    @contextmanager
    def judging(self) -> Iterator[None]:
        """The restricted account reads from here on."""
        self._told = None
        self._say("judge.person", str(self.person.pk))
        self._say("judge.tables", joined(self.tables))
        self._say("judge.also", joined(self.also))
        connection.connection.execute("SET ROLE judged")
        try:
            with connection.execute_wrapper(self):
                yield
        finally:
            connection.connection.execute("RESET ROLE")


def joined(several: Collection[object]) -> str:
    return ",".join(sorted(map(str, several)))


def in_scope() -> set[int]:
    """The ids of the companies in scope at this moment; none where no scope is active."""
    company = get_scope().get("company")
    several = company if isinstance(company, list | tuple) else [company]
    return {getattr(one, "pk", one) for one in several if one is not None}


def make_account() -> None:
    """The account that sees what is in scope, in the transaction of the test."""
    with connection.cursor() as cursor:
        # Tables cannot be altered while checks of their rows wait for the end of the transaction.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE ROLE judged NOLOGIN")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO judged")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO judged")
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            seen = SEEN.format(table=table) + (f"OR {OWN_ROW}" if table == "accounts_user" else "")
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"CREATE POLICY judged ON {table} TO judged USING ({seen})")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def peopled(cast: Cast, person: User) -> dict[type, Any]:
    """Something of everything in each company, loans between them, and limits to show; what is the person's own."""
    own = things_of(person.company, person)
    for other in {cast.l2, cast.client, cast.outsider} - {person.company}:
        things_of(other, stranger_of(other))
    lender = make_lender(cast)
    lending.lend_provider(provider=lender.provider, borrower=cast.client, acting=None, now=NOW)
    lending.lend_channel(channel=lender.channel, borrower=cast.client, acting=None, now=NOW)
    channel_on(lender.provider, cast)
    for company in Company.objects.all():
        with scope(company=company):
            SegmentUse.objects.create(company=company, day=localdate(), segments=company.pk)
    Company.objects.update(max_users=90, max_channels=90, max_segments_day=1000, max_segments_month=1000)
    return own


@dataclass(frozen=True)
class Purpose:
    """What a page reads of companies that are not in scope, and why."""

    reason: str
    tables: tuple[str, ...]
    companies: Callable[[Cast, User], Collection[int]]


def whole_branch(_cast: Cast, person: User) -> Collection[int]:
    return list(tree.branch(person.company).values_list("pk", flat=True))


def lender(cast: Cast, _person: User) -> Collection[int]:
    return [cast.distributor.pk]


NAME_OF_LENDER = Purpose(
    "whoever borrows a provider sees its name, and that it is lent", ("channels_provider", "channels_loan"), lender
)
ON_PURPOSE = {
    "administration:audit": Purpose("who administers a branch reads its log", ("audit_entry",), whole_branch),
    "administration:audit_export": Purpose(
        "the same, to take away; it is written after the view has returned, with no company in scope",
        ("audit_entry",),
        whole_branch,
    ),
    "interactions:start": Purpose("whether the carrier of a lent channel takes photos", ("channels_provider",), lender),
    "channels:list": NAME_OF_LENDER,
    "channels:add": NAME_OF_LENDER,
    "channels:providers": NAME_OF_LENDER,
}
NOTHING = Purpose("", (), lambda *_: ())
NEW_EACH_TIME = re.compile(
    rb'(?<=csrfmiddlewaretoken" value=")\w+|(?<=X-CSRFToken": ")\w+|(?<=since=)\d+|(?<=challenge": ")[\w-]+'
    rb'|(?<=name="key" value=")[\w-]+|(?<=id="draft-key" value=")[\w-]+|[\d-]+ [\d:]+[+-]\d\d:\d\d(?=,)'
)
"""Tokens, drafts' keys, passkeys' challenges, the moment from which a page listens, and when a log was exported."""


def said(response: HttpResponse) -> tuple[int, str, bytes]:
    content = b"".join(response) if response.streaming else response.content
    return response.status_code, response.headers.get("Location", ""), NEW_EACH_TIME.sub(b"", content)


def differs(browser: Client, judge: Judge, address: str, headers: dict[str, str]) -> bool:
    """Whether the page says something else to the restricted account; not asked of what cannot be read at all."""
    as_it_is = asked(browser, "GET", address, headers)
    if as_it_is.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return False
    with judge.judging():
        judged = asked(browser, "GET", address, headers)
    return said(as_it_is) != said(judged)


@pytest.mark.parametrize("who", EACH_ROLE)
def test_every_page_is_the_same_where_the_database_shows_only_the_companies_in_scope(cast: Cast, who: str) -> None:
    person = person_of(cast, who)
    own = person.company
    below = own if own.kind == Kind.CLIENT else create_company(parent=own, kind=Kind.CLIENT, name="Dessous")
    things = peopled(cast, person)
    make_account()
    browser, judge, wrong = browser_of(person), Judge(person), []
    for page in PAGES:
        if page.access.permissions is None or not all(map(person.may, page.access.permissions)):
            continue
        values = values_of(page, things if page.name in OF_OWN_COMPANY else {**things, Company: below.pk})
        purpose = ON_PURPOSE.get(page.name, NOTHING)
        judge.tables, judge.also = purpose.tables, purpose.companies(cast, person)
        ways = {"whole": {}, "part": FRAGMENT} if who in IN_PARTS else {"whole": {}}
        address = page.address(values)
        wrong += [f"{page.name} ({way})" for way, headers in ways.items() if differs(browser, judge, address, headers)]
    assert wrong == []


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        ("l2_admin", {"administration:audit", "administration:audit_export"}),
        (
            "admin",
            {
                "administration:audit_export",
                "channels:list",
                "channels:add",
                "channels:providers",
                "interactions:start",
            },
        ),
    ],
)
def test_what_is_listed_as_read_on_purpose_is_read(cast: Cast, who: str, pages: set[str]) -> None:
    person = person_of(cast, who)
    peopled(cast, person)
    make_account()
    browser, judge = browser_of(person), Judge(person)
    assert {name for name in ON_PURPOSE if differs(browser, judge, reverse(name), {})} == pages


def test_a_query_that_forgets_its_company_finds_less(cast: Cast) -> None:
    conversation(cast.channel_queue)
    conversation(cast.outsider_channel)
    make_account()
    with scope(company=cast.client):
        assert Interaction._base_manager.count() == 2
        with Judge(cast.admin).judging():
            assert Interaction._base_manager.count() == 1
    with Judge(cast.admin).judging():
        assert Interaction._base_manager.count() == 0
        assert list(User.objects.values_list("pk", flat=True)) == [cast.admin.pk]
