"""What is written of an action, and that it stands or falls with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from scopchat.audit.catalogue import GROUPS, Verb
from scopchat.audit.models import Entry
from scopchat.audit.requests import NOWHERE, OriginMiddleware, client_address, origin
from scopchat.audit.services import changes, record
from scopchat.common.keyset import Cursor
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_it_tells_who_did_what_to_what_and_whom_it_concerns(cast: Cast) -> None:
    changed = changes({"name": "A", "throughput": 1}, {"name": "É", "throughput": 1})
    record(
        verb=Verb.CHANNEL_CHANGED,
        company=cast.client,
        acting=cast.operator_admin,
        about=cast.channel_queue,
        details=changed,
    )
    entry = Entry.objects.under(cast.client.path).latest_first()[0]
    assert (entry.person_id, entry.person_name) == (cast.operator_admin.pk, "Opérateur SCOPCHAT")
    assert (entry.person_company_id, entry.person_company_name) == (cast.operator.pk, "SCOPCHAT")
    assert (entry.company_id, entry.company_path) == (cast.client.pk, cast.client.path)
    assert (entry.object_kind, entry.object_id, entry.object_label) == ("channel", cast.channel_queue.pk, "Accueil")
    assert entry.details == {"name": {"before": "A", "after": "É"}}
    assert entry.at is not None
    assert (entry.ip, entry.agent) == (None, "")


def test_it_is_written_only_with_what_it_tells_of(cast: Cast) -> None:
    before = Entry.objects.count()
    with transaction.atomic():
        record(verb=Verb.COMPANY_CHANGED, company=cast.client, acting=cast.admin)
        transaction.set_rollback(True)
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("typed", "found"),
    [("ecole", True), ("ÉCOLE", True), ("laurier ecole", True), ("école boulangerie", False), ("zzz", False)],
)
def test_it_is_found_by_its_words_in_any_case_and_accent(cast: Cast, typed: str, found: bool) -> None:
    record(verb=Verb.CHANNEL_CHANGED, company=cast.client, acting=None, details={"name": ["École", {"x": 3}]})
    assert Entry.objects.filter(verb=Verb.CHANNEL_CHANGED).mentioning(typed).exists() is found


@pytest.mark.parametrize("who", ["operator", "distributor", "l1", "l2", "client", "outsider"])
def test_a_branch_holds_what_concerns_its_companies_and_no_others(cast: Cast, who: str) -> None:
    top = getattr(cast, who)
    companies = [cast.operator, cast.distributor, cast.l1, cast.l2, cast.client, cast.outsider]
    seen = set(Entry.objects.under(top.path).values_list("company_id", flat=True))
    assert seen == {company.pk for company in companies if company.is_or_is_under(top)}


def test_it_remembers_where_a_request_comes_from_and_forgets_afterwards(rf: RequestFactory) -> None:
    found = []

    def view(_request: HttpRequest) -> HttpResponse:
        found.append(origin())
        return HttpResponse()

    OriginMiddleware(view)(rf.get("/", headers={"User-Agent": "x" * 400}, REMOTE_ADDR="192.0.2.7"))
    assert (found[0].ip, found[0].agent) == ("192.0.2.7", "x" * 300)
    assert origin() is NOWHERE


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("", 0, "10.0.0.1"),
        ("203.0.113.9", 0, "10.0.0.1"),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", 1, "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("203.0.113.9", 2, "10.0.0.1"),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("<script>", 1, None),
    ],
)
def test_an_address_is_believed_only_of_proxies_of_ours(forwarded: str, proxies: int, address: str | None) -> None:
    assert client_address("10.0.0.1", forwarded, proxies=proxies) == address


def test_every_action_has_a_group() -> None:
    assert {verb.group for verb in Verb} <= set(GROUPS)


@pytest.mark.parametrize(
    ("who", "index"), [("operator", "latest"), ("distributor", "branch_2"), ("l2", "branch_4"), ("client", "branch_5")]
)
def test_a_page_of_any_branch_is_read_in_the_order_of_an_index(cast: Cast, who: str, index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    found = Entry.objects.under(getattr(cast, who).path).filter(Cursor(NOW, 10).after("at"))
    page = found.latest_first()[:50]
    plan = page.explain()
    assert f"audit_entry_{index}" in plan
    assert "Sort" not in plan
