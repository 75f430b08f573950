"""What the audit log tells of providers and channels, and what it must never hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django_scopes import scope

from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.channels.lending import CannotLend, lend_channel, lend_provider, revoke
from scopchat.channels.models import Destination
from scopchat.channels.services import (
    create_channel,
    create_provider,
    rotate_hook_token,
    update_channel,
    update_provider,
)
from scopchat.tenancy.resources import Resource
from scopchat.tenancy.services import set_allowance
from tests.cast import Cast
from tests.lending import SECRET as LENT_SECRET
from tests.lending import channel_on, make_lender

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SECRET = "tres-secret-1234567890"


def told(verb: Verb) -> list[Entry]:
    return list(Entry.objects.filter(verb=verb, person_id__isnull=False).latest_first())


def test_a_providers_life_is_told_without_its_secrets(cast: Cast) -> None:
    with scope(company=cast.client):
        made = create_provider(
            company=cast.client, kind="twilio", name="Twilio", acting=cast.admin,
            credentials={"account_sid": "AC1", "auth_token": SECRET},
        )  # fmt: skip
        update_provider(
            provider=made, name="T2", credentials={"account_sid": "AC1", "auth_token": SECRET + "!"},
            api_base_url=made.api_base_url, acting=cast.admin,
        )  # fmt: skip
        update_provider(provider=made, name="T2", credentials={}, api_base_url=made.api_base_url, acting=cast.admin)
        token = made.hook_token
        rotate_hook_token(provider=made, acting=cast.admin)
    (created,), (changed,), (renewed,) = map(
        told, [Verb.PROVIDER_CREATED, Verb.PROVIDER_CHANGED, Verb.PROVIDER_ADDRESSES_RENEWED]
    )
    assert (created.company_id, created.object_id) == (cast.client.pk, made.pk)
    assert changed.details == {"name": {"before": "Twilio", "after": "T2"}, "credentials": ["auth_token"]}
    assert renewed.person_id == cast.admin.pk
    everything = json.dumps([[entry.details, entry.search, entry.object_label] for entry in Entry.objects.all()])
    for hidden in (SECRET, token, made.hook_token):
        assert hidden not in everything


def test_a_channels_life_is_told_with_before_and_after(cast: Cast) -> None:
    with scope(company=cast.client):
        made = create_channel(
            company=cast.client, provider=cast.provider, name="Neuf", address="+14385550150",
            destination=Destination.USERS, users=[cast.user, cast.admin], acting=cast.admin,
        )  # fmt: skip
        same = {"channel": made, "name": "Neuf", "throughput": 1, "acting": cast.admin}
        update_channel(**same, destination=Destination.USERS, users=[cast.user, cast.admin])
        update_channel(**same, destination=Destination.QUEUE, queue=cast.queue)
    (created,), (changed,) = told(Verb.CHANNEL_CREATED), told(Verb.CHANNEL_CHANGED)
    assert created.details["address"] == "+14385550150"
    assert changed.details == {
        "destination": {"before": ["Amélie Gagnon", "Marc Bouchard"], "after": "Accueil"},
    }


def test_it_is_written_into_the_log_of_both_without_a_secret(cast: Cast) -> None:
    lender = make_lender(cast)
    to = {"borrower": cast.client, "acting": lender.admin, "now": NOW}
    loan = lend_provider(provider=lender.provider, **to)
    channel_on(lender.provider, cast)
    revoke(loan=loan, acting=lender.admin, now=NOW)
    revoke(loan=lend_channel(channel=lender.channel, **to), acting=lender.admin, now=NOW)
    for verb in (Verb.PROVIDER_LENT, Verb.PROVIDER_LOAN_REVOKED, Verb.CHANNEL_LENT, Verb.CHANNEL_LOAN_REVOKED):
        entries = Entry.objects.filter(verb=verb)
        assert {entry.company_id for entry in entries} == {cast.distributor.pk, cast.client.pk}
        assert {entry.person_name for entry in entries} == {"Nadine Lavoie"}
    taken = Entry.objects.filter(verb=Verb.PROVIDER_LOAN_REVOKED).first()
    assert taken.details == {"lender": "Distribution Nord", "borrower": "Clinique Laurier", "channels": 1}
    everything = json.dumps([[entry.details, entry.search] for entry in Entry.objects.under(cast.client.path)])
    for hidden in (LENT_SECRET, lender.provider.hook_token, lender.provider.api_base_url):
        assert hidden not in everything


def test_a_refusal_is_written_into_the_log_of_those_it_concerns(cast: Cast) -> None:
    lender = make_lender(cast)
    to = {"borrower": cast.client, "acting": lender.admin, "now": NOW}
    set_allowance(company=cast.client, maxima={Resource.CHANNELS: 2}, mass_sends=False, acting=None)
    with pytest.raises(CannotLend):
        lend_channel(channel=lender.channel, **to)
    with pytest.raises(CannotLend):
        lend_provider(provider=cast.outsider_provider, borrower=cast.client, acting=None, now=NOW)
    refused = Entry.objects.filter(verb=Verb.LOAN_REFUSED)
    assert [entry.company_name for entry in refused.order_by("id")] == [
        "Distribution Nord",
        "Clinique Laurier",
        "Boulangerie du Parc",
    ]
