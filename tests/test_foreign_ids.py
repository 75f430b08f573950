"""Ids of what belongs to others, in every form and every parameter that takes an id: they are as if they did not exist.

Nothing is listed here: pages say themselves what they look at. All that a foreign company has bears the same number,
so that one question asks for each of its things at once, whatever the page takes the number for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.db import connection, transaction
from django.db.models import Model
from django_scopes import scope

from scopchat.accounts.roles import Permission
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.queues.services import create_queue
from scopchat.tenancy.addresses import is_companys
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import create_company
from tests.asked_of_pages import LookedAt, filled, forms_that_take_ids, kinds_of, looking, names_an_object
from tests.cast import Cast
from tests.pages import PAGES, Page, things_of, values_of
from tests.test_isolation import WRITES, browser_for, stranger_of
from tests.test_isolation_by_database import said
from tests.test_permissions import OF_OWN_COMPANY, asked

WHO: dict[str, Callable[[Page, str], bool]] = {
    "admin": lambda _page, address: is_companys(address),
    "l2_admin": lambda page, _address: Permission.MANAGE_COMPANIES in (page.access.permissions or ()),
    "l2_admin in client": lambda _page, _address: True,
}
"""Who is asked to open which pages; a view is no other in a company above."""
FORMS_ALONE = {"admin"}
"""Who types into forms alone: what the others read is no less."""
REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
NOBODYS = 919_191_919
"""An id that nothing has."""
FIRST = 910_000_001
"""The id of the first foreign thing of each kind."""
Fields = dict[str, Any]


@pytest.fixture(autouse=True)
def photos(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@contextmanager
def changing() -> Iterator[list[tuple[str, str]]]:
    """Every statement that changes a row, with its values."""
    found: list[tuple[str, str]] = []

    def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.search(sql):
            found.append((sql, str(params)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield found


@dataclass(frozen=True)
class Foreign:
    """A company whose things are not the person's to use."""

    company: Company
    first: int
    """The id of the first thing of each kind in it."""

    def id_of(self, model: type[Model]) -> int:
        """One of its objects; the test fails where it has none."""
        if model is Company:
            return self.company.pk
        with scope(company=self.company):
            theirs = model._base_manager.filter(pk=self.first, company_id=self.company.pk)
            assert theirs.exists(), (
                f"No other company has a {model.__name__}: let `things_of` in tests/pages.py make one."
            )
        return self.first


def number_from(first: int) -> None:
    """The next row of each table gets this id; taken back with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
        for (sequence,) in cursor.fetchall():
            cursor.execute(f'ALTER SEQUENCE "{sequence}" RESTART WITH {first}')


def foreign(first: int, company: Callable[[], Company]) -> Foreign:
    """The company with something of everything, and somebody whom its own log tells of."""
    number_from(first)
    found = company()
    stranger = stranger_of(found)
    with scope(company=found):
        create_queue(company=found, name="Ailleurs", agents=[stranger])
        record(verb=Verb.AUDIT_EXPORTED, company=found, acting=stranger, details={})
    things_of(found, stranger)
    return Foreign(found, first)


def values_of_field(field: forms.Field, other: Foreign) -> list[str]:
    """What names an object of the other company in this field."""
    if isinstance(field, forms.ModelChoiceField):
        return [str(other.id_of(field.queryset.model))]
    kinds = sorted(kinds_of(field)) if isinstance(field, forms.ChoiceField) else []
    return [f"{kind}{other.first}" for kind in kinds or [""]]


def takes_words(made: list[forms.BaseForm], name: str) -> bool:
    """Whether this is a field for words, which may be written down whatever they are."""
    fields = {form.add_prefix(each): field for form in made for each, field in form.fields.items()}
    return type(fields.get(name)) is forms.CharField and not names_an_object(name)


@dataclass
class Answer:
    """What a page said, looked at and changed."""

    status: int
    content: tuple[int, str, bytes]
    looked: LookedAt
    changes: list[tuple[str, str]]

    def without(self, value: int) -> tuple[object, ...]:
        """What can be compared to an answer that was asked with another value."""
        status, where, content = self.content
        # A short one is a part of anything.
        digits = str(value) if value >= FIRST else "no digits"
        changes = [sql for sql, _values in self.changes]
        return status, where.replace(digits, "#"), content.replace(digits.encode(), b"#"), changes

    @property
    def acted(self) -> bool:
        """Whether anything was done; a refusal is recorded in the log at most."""
        return any('"audit_entry"' not in sql for sql, _values in self.changes)

    def errors(self, field: str) -> bool:
        """Whether a form said that this field is wrong."""
        return any(form.add_prefix(name) == field for form in self.looked.forms for name in form._errors or {})


class Desk:
    """A person with a browser, what is theirs, and what is not."""

    def __init__(self, cast: Cast, who: str) -> None:
        self.who, self.wrong, self.bound = who, list[str](), set[type[forms.BaseForm]]()
        self.person, company, self.browser = browser_for(cast, who)
        with scope(company=company):
            create_queue(company=company, name="Ici", agents=[])
        self.own = things_of(company, self.person)
        is_client = company.kind == Kind.CLIENT
        self.below = None if is_client else create_company(parent=company, kind=Kind.CLIENT, name="Dessous")
        parent = cast.l1 if self.person.company == company else cast.l2
        self.others = [
            foreign(FIRST, lambda: create_company(parent=parent, kind=Kind.CLIENT, name="À côté")),
            foreign(2 * FIRST, lambda: cast.l2 if is_client else cast.l1),
        ]

    def ask(self, method: str, address: str, fields: Fields) -> Answer:
        typed = urlencode(fields, doseq=True)
        with looking() as looked, changing() as changes:
            if method == "GET":
                response = asked(self.browser, method, f"{address}?{typed}", {})
            else:
                response = asked(self.browser, method, address, {}, typed)
        if response.status_code >= 500:
            self.wrong.append(f"{method} {address} {typed} → {response.status_code}")
        self.bound |= {type(form) for form in looked.forms if form.is_bound}
        return Answer(response.status_code, said(response), looked, changes)

    def pages(self) -> Iterator[tuple[Page, str]]:
        """Each that the person is asked to open, with its address."""
        for page in PAGES:
            needed = page.access.permissions
            if needed is not None and all(map(self.person.may, needed)):
                below = {Company: self.below.pk} if self.below and page.name not in OF_OWN_COMPANY else {}
                address = page.address(values_of(page, {**self.own, **below}))
                if WHO[self.who](page, address):
                    yield page, address

    def compare(self, page: Page, method: str, address: str, fields: Fields, name: str) -> Answer:
        """The page answers the same, and changes the same, as it does to an id that nothing has, which it answers."""
        absent = self.ask(method, address, {**fields, name: NOBODYS})
        for other in self.others if names_an_object(name) else self.others[-1:]:
            pk = other.company.pk if name == "company" else other.first
            answer = self.ask(method, address, {**fields, name: pk})
            if answer.without(pk) != absent.without(NOBODYS):
                self.wrong.append(f"{page.name} tells {name}={pk} of {other.company} from an id that nothing has")
            if not takes_words(absent.looked.forms, name):
                kept = [sql for sql, values in answer.changes if str(pk) in values]
                self.wrong += [f"{page.name} keeps {name}={pk} by {sql}" for sql in kept]
        return absent

    def read(self, page: Page, address: str) -> Answer:
        """Every parameter of the query that the page looks at, beside those without which it does not."""
        answer = self.ask("GET", address, {})
        beside: dict[str, Fields] = {} if self.who in FORMS_ALONE else {name: {} for name in answer.looked.names}
        waiting = sorted(beside)
        while waiting:
            name = waiting.pop()
            absent = self.compare(page, "GET", address, beside[name], name)
            for further in sorted(absent.looked.names - beside.keys()):
                beside[further] = {**beside[name], name: NOBODYS}
                waiting.append(further)
        return answer

    def post(self, page: Page, address: str, shown: Answer) -> None:
        """Every field of the page's forms that takes an id, and whatever else it looks at in what is posted."""
        blank = self.ask("POST", address, {"nothing": "typed"})
        if blank.status == HTTPStatus.METHOD_NOT_ALLOWED or blank.without(NOBODYS) == shown.without(NOBODYS):
            return
        bound = [form for form in blank.looked.forms if form.is_bound]
        asking = {form: [name for name, each in form.fields.items() if names_an_object(name, each)] for form in bound}
        fields: Fields = {}
        for form, chosen in asking.items():
            fields |= filled(form) if chosen else {}
        control = self.ask("POST", address, fields) if fields else blank
        if fields and not control.acted:
            errors = [form._errors for form in control.looked.forms if form._errors]
            self.wrong.append(f"{page.name} cannot be filled: tests/asked_of_pages.py typed {fields}, it said {errors}")
        for form, chosen in asking.items():
            for name in chosen:
                self.refuse(page, address, fields, form.add_prefix(name), form.fields[name])
        typed = {form.add_prefix(name) for form in bound for name in form.fields}
        for name in sorted((blank.looked.names | control.looked.names) - typed - {"csrfmiddlewaretoken"}):
            self.send(page, address, fields, name)

    def refuse(self, page: Page, address: str, fields: Fields, name: str, field: forms.Field) -> None:
        """Another company's object in a form that is otherwise right."""
        several = isinstance(field, forms.ModelMultipleChoiceField)
        for other in self.others:
            for value in values_of_field(field, other):
                answer = self.ask("POST", address, {**fields, name: [*fields[name], value] if several else value})
                if not answer.errors(name) and answer.status not in REFUSED:
                    self.wrong.append(f"{page.name}: the form takes {name}={value} of {other.company}")
                self.wrong += [f"{page.name}: {name}={value} wrote {sql}" for sql, _values in answer.changes]

    def send(self, page: Page, address: str, fields: Fields, name: str) -> None:
        """Another company's id in something posted that is in no form."""
        if names_an_object(name) and (self.below or name != "company"):
            own = [self.below.pk if self.below else "", *self.own.values()]
            if not any(self.ask("POST", address, {**fields, name: each}).acted for each in own):
                self.wrong.append(f"{page.name} takes nothing of one's own as {name}: nobody can tell what it refuses")
        self.compare(page, "POST", address, fields, name)


def test_they_are_as_if_they_did_not_exist(cast: Cast) -> None:
    wrong, bound = list[str](), set[type[forms.BaseForm]]()
    for who in WHO:
        with transaction.atomic():
            desk = Desk(cast, who)
            for page, address in desk.pages():
                desk.post(page, address, desk.read(page, address))
            transaction.set_rollback(True)
        wrong += [f"{who}: {words}" for words in desk.wrong]
        bound |= desk.bound
    for form in forms_that_take_ids():
        if not any(issubclass(each, form) for each in bound):
            wrong.append(f"No page that was asked fills {form.__name__}: nobody can tell what it refuses")
    assert wrong == [], "\n".join(wrong)
