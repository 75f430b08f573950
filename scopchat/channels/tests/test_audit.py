"""What the audit log tells of providers and channels, and what it must never hold."""

from __future__ import annotations

import json

from django_scopes import scope

from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.channels.models import Destination
from scopchat.channels.services import (
    create_channel,
    create_provider,
    rotate_hook_token,
    update_channel,
    update_provider,
)
from tests.cast import Cast

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
