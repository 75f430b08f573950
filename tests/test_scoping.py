"""No query without a company: every tenant model raises outside a scope and shows one company inside."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from scopchat.accounts.models import Sighting
from scopchat.accounts.services import people_of
from scopchat.channels.models import Channel, Loan, LoanUse, Provider
from scopchat.channels.providers.simulator.models import SimulatedPhone, SimulatedText
from scopchat.channels.providers.simulator.services import text_from_phone
from scopchat.interactions.models import Attachment, Happening, Interaction, InteractionEvent, Message
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.queues.models import Queue
from scopchat.queues.services import create_queue
from scopchat.tenancy.models import Archival, Company, SegmentUse
from scopchat.tenancy.scoping import TenantModel
from tests.cast import Cast

MODELS = sorted((model for model in apps.get_models() if issubclass(model, TenantModel)), key=lambda m: m.__name__)
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def fill(company: Company, channel: Channel) -> None:
    """A row of every model, in a company that has a channel."""
    with scope(company=company):
        create_queue(company=company, name="Autre", agents=[])
        text_from_phone(channel=channel, phone="+15145550142", text="Bonjour", now=NOW)
        interaction = conversation(channel)
        message = interaction.messages.get()
        person = people_of(company)[0]
        Sighting.objects.create(company=company, person=person, seen_at=NOW, active_at=NOW)
        SegmentUse.objects.create(company=company, day=NOW.date(), segments=1)
        loan = Loan.objects.create(
            company=company, borrower=company, provider=channel.provider, lent_at=NOW, revoked_at=NOW
        )
        LoanUse.objects.create(company=company, loan=loan, day=NOW.date(), texts_in=1, texts_out=1, segments=1)
        Archival.objects.create(company=company, archived_at=NOW, restored_at=NOW)
        Attachment.objects.create(company=company, message=message, position=0, source_url="", content_type="")
        InteractionEvent.objects.create(
            company=company, interaction=interaction, happening=Happening.TAKEN, created_at=NOW
        )


def test_these_are_all_the_tenant_models() -> None:
    """A new one is added to `fill` above, so that the other tests look at it."""
    assert {*MODELS} == {
        Archival, Provider, Channel, Queue, Interaction, Message, Attachment, InteractionEvent, SimulatedPhone,
        SimulatedText, SegmentUse, Sighting, Loan, LoanUse,
    }  # fmt: skip


@EVERY_MODEL
@pytest.mark.parametrize(
    "read",
    [
        lambda rows: list(rows.all()),
        lambda rows: rows.count(),
        lambda rows: rows.filter(pk=1).exists(),
        lambda rows: rows.get(pk=1),
        lambda rows: rows.update(pk=1),
        lambda rows: rows.filter(pk=1).delete(),
    ],
    ids=["all", "count", "exists", "get", "update", "delete"],
)
@pytest.mark.django_db
def test_outside_a_scope_every_query_raises(model: Any, read: Any) -> None:
    with pytest.raises(ScopeError):
        read(model.objects)


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
