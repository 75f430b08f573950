"""No query without a company: every tenant model raises outside a scope and shows one company inside."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.db import connection
from django.db.models import FETCH_PEERS, Exists, Prefetch, Q, QuerySet, Subquery
from django.forms import ModelChoiceField
from django.shortcuts import get_object_or_404
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from scopchat.accounts.models import Sighting, User
from scopchat.accounts.services import people_of
from scopchat.automation.models import AutoReply, Fallback, Occasion, OpeningHours, ReplyTexts
from scopchat.canned.models import CannedReply
from scopchat.channels.models import Channel, Loan, LoanUse, Provider
from scopchat.channels.providers.simulator.models import SimulatedPhone, SimulatedText
from scopchat.channels.providers.simulator.services import text_from_phone
from scopchat.contacts.models import Contact, ContactImport, ContactLabel, ContactList, ContactNote, Label, ListMember
from scopchat.exports.models import Export
from scopchat.interactions.models import Attachment, Draft, Interaction, InteractionEvent, Message, MessageWords, Upload
from scopchat.interactions.status import Happening
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.masssends.models import MassSend, Recipient
from scopchat.optouts.models import OptOut, OptOutChange
from scopchat.queues.models import Queue, QueueMember
from scopchat.queues.services import create_queue
from scopchat.tenancy.models import Archival, Company, SegmentPool, SegmentUse
from scopchat.tenancy.scoping import TenantModel
from tests.cast import Cast

MODELS = sorted((model for model in apps.get_models() if issubclass(model, TenantModel)), key=lambda m: m.__name__)
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def fill(company: Company, channel: Channel) -> None:
    """A row of every model, in a company that has a channel."""
    with scope(company=company):
        create_queue(company=company, name="Autre", agents=people_of(company)[:1])
        text_from_phone(channel=channel, phone="+15145550142", text="Bonjour", now=NOW)
        interaction = conversation(channel)
        message = interaction.messages.get()
        person = people_of(company)[0]
        Sighting.objects.create(company=company, person=person, seen_at=NOW, active_at=NOW)
        SegmentUse.objects.create(company=company, day=NOW.date(), segments=1)
        SegmentPool.objects.create(company=company, resource="", begins=NOW.date(), version=0, used=0, capacity=0)
        loan = Loan.objects.create(
            company=company, borrower=company, provider=channel.provider, lent_at=NOW, revoked_at=NOW
        )
        LoanUse.objects.create(company=company, loan=loan, day=NOW.date(), texts_in=1, texts_out=1, segments=1)
        Archival.objects.create(company=company, archived_at=NOW, restored_at=NOW)
        Attachment.objects.create(company=company, message=message, position=0, source_url="", content_type="")
        Draft.objects.create(company=company, interaction=interaction, person=person, text="…", written_at=NOW)
        MessageWords.objects.create(company=company, message=message, interaction=interaction, words="'bonjour'")
        CannedReply.objects.create(company=company, name="heures", text="…")
        Fallback.objects.create(company=company, channel=channel)
        OpeningHours.objects.create(company=company, name="Bureau", week=[])
        ReplyTexts.objects.create(company=company, channel=channel)
        fill_what_people_make(company, person, channel)
        OptOut.objects.create(company=company, channel=channel, number="+15145550142", since=NOW)
        OptOutChange.objects.create(company=company, channel=channel, number="+15145550142", at=NOW)
        AutoReply.objects.create(
            company=company,
            message=message,
            interaction=interaction,
            occasion=Occasion.LEFT,
            language="fr",
            asked_at=NOW,
        )
        InteractionEvent.objects.create(
            company=company, interaction=interaction, happening=Happening.TAKEN, created_at=NOW
        )


def fill_what_people_make(company: Company, person: User, channel: Channel) -> None:
    """Their contacts, mass sends, uploads and exports, in the company's scope."""
    contact = Contact.objects.create(company=company, number="+15145550142", created_at=NOW, updated_at=NOW)
    label = Label.objects.create(company=company, name="Fidèle", hue=0)
    ContactLabel.objects.create(company=company, contact=contact, label=label)
    listed = ContactList.objects.create(company=company, name="Fidèles", created_at=NOW)
    ListMember.objects.create(company=company, list=listed, contact=contact, added_at=NOW)
    ContactNote.objects.create(company=company, contact=contact, author=person, text="…", written_at=NOW)
    mass_send = MassSend.objects.create(
        company=company, channel=channel, author=person, text="…", created_at=NOW, touched_at=NOW
    )
    Recipient.objects.create(company=company, mass_send=mass_send, number="+15145550142")
    ContactImport.objects.create(
        company=company, person=person, file_name="a.csv", size=1, country="CA", created_at=NOW, touched_at=NOW
    )
    Upload.objects.create(company=company, person=person, content_type="", size=1, uploaded_at=NOW)
    Export.objects.create(
        company=company, person=person, kind="interactions", asked={}, words=[], created_at=NOW, touched_at=NOW
    )


def test_these_are_all_the_tenant_models() -> None:
    """A new one is added to `fill` above, so that the other tests look at it."""
    assert {*MODELS} == {
        Archival, Provider, Channel, Queue, Interaction, Message, Attachment, InteractionEvent, SimulatedPhone,
        SimulatedText, SegmentUse, SegmentPool, Sighting, Loan, LoanUse, QueueMember, Upload, Draft,
        CannedReply, MessageWords, OptOut, OptOutChange, AutoReply, Fallback,
        OpeningHours, ReplyTexts, Contact, ContactImport, ContactLabel, ContactList, ContactNote,
        Label, ListMember, Export, MassSend, Recipient,
    }  # fmt: skip


@pytest.fixture
def asked(db: None) -> Iterator[list[str]]:
    """Every statement that reaches the database."""
    found: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield found


HARMLESS = {"none", "as_manager", "db"}
"""What asks the database for nothing."""
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "bulk_create": ([Queue(pk=1)],),
    "bulk_update": ([Queue(pk=1)], ["company"]),
    "complex_filter": (Q(pk=1),),
    "contains": (Queue(pk=1),),
    "dates": ("created_at", "day"),
    "datetimes": ("created_at", "day"),
    "difference": (Queue.objects.none(),),
    "intersection": (Queue.objects.none(),),
    "union": (Queue.objects.none(),),
    "earliest": ("pk",),
    "fetch_mode": (FETCH_PEERS,),
    "latest": ("pk",),
    "raw": ("SELECT id FROM queues_queue",),
    "resolve_expression": (None,),
    "using": ("default",),
}
METHODS = sorted({name for name in dir(QuerySet) if not name.startswith("_")} - HARMLESS)


async def _all_of(rows: Any) -> list[Any]:
    return [row async for row in rows]


async def _done(awaitable: Any) -> Any:
    return await awaitable


def use(rows: Any, name: str) -> None:
    """Calls the method, or reads the property, and uses up what it gives."""
    found = getattr(rows, name)
    if callable(found):
        arguments = ARGUMENTS.get(name) or ARGUMENTS.get(name.removeprefix("a")) or ()
        found = found(*arguments)
    if inspect.isawaitable(found):
        async_to_sync(_done)(found)
    elif hasattr(found, "__aiter__") and not hasattr(found, "__iter__"):
        async_to_sync(_all_of)(found)
    elif hasattr(found, "__iter__"):
        list(found)


@pytest.mark.parametrize("name", METHODS)
def test_outside_a_scope_no_method_of_a_queryset_reaches_the_database(asked: list[str], name: str) -> None:
    for rows in (Queue.objects, Queue.objects.get_queryset()):
        if hasattr(type(rows), name):
            with pytest.raises(ScopeError):
                use(rows, name)
    assert asked == []


@pytest.mark.parametrize(
    "read",
    [
        lambda rows: list(rows),
        len,
        bool,
        lambda rows: rows[0],
        lambda rows: rows[:1],
        lambda rows: async_to_sync(_all_of)(rows),
        lambda rows: rows | rows,
        lambda rows: rows & rows,
        lambda rows: rows ^ rows,
        lambda rows: rows | Queue.objects.none(),
        repr,
        copy.copy,
        pickle.dumps,
        lambda rows: Company.objects.filter(pk__in=rows).exists(),
        lambda rows: Company.objects.filter(Exists(rows)).exists(),
        lambda rows: Company.objects.annotate(n=Subquery(rows)).exists(),
        lambda rows: Company.objects.exclude(pk__in=rows.query).exists(),
        lambda rows: Queue.objects.none().union(rows).exists(),
        lambda rows: list(Company.objects.union(rows)),
        lambda rows: ModelChoiceField(queryset=rows).clean("1"),
        lambda rows: get_object_or_404(rows, pk=1),
    ],
)
def test_outside_a_scope_nothing_that_takes_a_queryset_reaches_the_database(asked: list[str], read: Any) -> None:
    with pytest.raises(ScopeError):
        read(Queue.objects.get_queryset())
    assert asked == []


@EVERY_MODEL
@pytest.mark.parametrize("name", ["all", "aexists", "count", "create", "exclude", "explain", "update"])
def test_outside_a_scope_every_model_refuses(asked: list[str], model: Any, name: str) -> None:
    with pytest.raises(ScopeError):
        use(model.objects, name)
    assert asked == []


def test_outside_a_scope_the_models_own_methods_are_refused(asked: list[str]) -> None:
    with pytest.raises(ScopeError):
        Interaction.objects.not_closed()
    with pytest.raises(ScopeError):
        Interaction.objects.get_queryset().not_closed()
    assert asked == []


def test_outside_a_scope_the_rows_of_another_model_do_not_lead_to_them(cast: Cast) -> None:
    with pytest.raises(ScopeError):
        list(cast.agent.queues.all())
    with pytest.raises(ScopeError):
        cast.queue.channels.exists()
    with pytest.raises(ScopeError):
        list(User.objects.prefetch_related("queues"))
    with pytest.raises(ScopeError):
        list(User.objects.prefetch_related(Prefetch("queues", queryset=Queue.objects.get_queryset())))


def test_a_scope_that_names_no_company_shows_none(asked: list[str]) -> None:
    for company in (None, [], ()):
        with scope(company=company), suppress(ScopeError):
            assert not Queue.objects.exists()
    assert asked == []


@EVERY_MODEL
def test_inside_a_scope_there_is_one_company(cast: Cast, model: Any) -> None:
    fill(cast.client, cast.channel_queue)
    fill(cast.outsider, cast.outsider_channel)
    for company in (cast.client, cast.outsider):
        with scope(company=company):
            rows = list(model.objects.all())
        assert rows
        assert {row.company_id for row in rows} == {company.pk}


@EVERY_MODEL
def test_another_companys_row_is_neither_found_nor_changed_nor_deleted(cast: Cast, model: Any) -> None:
    fill(cast.client, cast.channel_queue)
    with scopes_disabled():
        theirs = model.objects.filter(company=cast.client).first()
    with scope(company=cast.outsider):
        found = model.objects.filter(pk=theirs.pk)
        assert not found.exists()
        assert found.update(company=cast.outsider) == 0
        assert found.delete()[0] == 0
