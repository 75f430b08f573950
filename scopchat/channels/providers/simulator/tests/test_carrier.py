"""The simulated carrier: each way a carrier can behave, seen in its answers and in the callbacks it will make."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django_scopes import scope
from procrastinate.contrib.django.models import ProcrastinateJob

from scopchat.channels.lending import lend_provider
from scopchat.channels.models import Channel, Destination, Provider
from scopchat.channels.providers.base import HttpAnswer
from scopchat.channels.providers.simulator.adapter import SimulatorAdapter
from scopchat.channels.providers.simulator.models import SimulatedPhone, SimulatedText
from scopchat.channels.providers.simulator.services import carry, set_behaviour, text_from_phone
from scopchat.channels.providers.simulator.tasks import _content
from scopchat.channels.services import create_channel, create_provider
from scopchat.common.phones import BadNumber
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
PHONE = "+15145550142"


def toy(cast: Cast, **behaviour: Any) -> SimulatedPhone:
    with scope(company=cast.client):
        return set_behaviour(company=cast.client, phone=PHONE, behaviour=behaviour)


def take(cast: Cast, *, reference: str = "1.1") -> SimulatedText | None:
    """The carrier takes a text for the toy phone."""
    with scope(company=cast.client):
        return carry(
            provider=cast.provider, channel_address=cast.channel_queue.address, number=PHONE, text="Bonjour",
            media_urls=[], reference=reference, now=NOW,
        )  # fmt: skip


def callbacks() -> list[tuple[float, str, Any]]:
    """The callbacks that wait to be made: seconds from now, kind, and what they say."""
    jobs = ProcrastinateJob.objects.filter(queue_name="simulator").order_by("id")
    found = []
    for job in jobs:
        event, content = _content(job.args["holder_id"], job.args["text_id"], job.args["status"])
        assert job.scheduled_at is not None
        found.append(((job.scheduled_at - NOW) / timedelta(seconds=1), event, content))
    return found


def reports() -> list[tuple[float, str]]:
    return [(seconds, content["status"]) for seconds, _event, content in callbacks()]


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ({}, [(0, "sent"), (1, "delivered")]),
        ({"outcome": "deliver"}, [(0, "sent"), (1, "delivered")]),
        ({"outcome": "fail"}, [(0, "sent"), (1, "failed")]),
        ({"outcome": "silent"}, []),
        ({"outcome": "unclear"}, []),
        ({"delay_seconds": 30}, [(30, "sent"), (31, "delivered")]),
        ({"reorder": True}, [(0, "delivered"), (1, "sent")]),
        ({"reorder": True, "outcome": "fail"}, [(0, "failed"), (1, "sent")]),
        ({"duplicate": True}, [(0, "sent"), (0, "sent"), (1, "delivered"), (1, "delivered")]),
    ],
)
def test_it_reports_as_the_phone_is_set(cast: Cast, behaviour: Any, expected: list[tuple[float, str]]) -> None:
    toy(cast, **behaviour)
    carried = take(cast)
    assert carried is not None
    assert reports() == expected
    assert {(content["id"], content["from"], content["to"]) for _s, _e, content in callbacks()} == (
        {(carried.carrier_id, "+14385550101", PHONE)} if expected else set()
    )


def test_a_phone_that_refuses_gets_nothing_and_reports_nothing(cast: Cast) -> None:
    toy(cast, outcome="refuse")
    assert take(cast) is None
    with scope(company=cast.client):
        assert not SimulatedText.objects.exists()
    assert callbacks() == []


def test_a_number_without_a_toy_phone_gets_one(cast: Cast) -> None:
    take(cast)
    with scope(company=cast.client):
        assert SimulatedPhone.objects.get().number == PHONE


@pytest.mark.parametrize("copies", [1, 2])
def test_a_text_from_the_phone_calls_the_desk_back(cast: Cast, copies: int) -> None:
    toy(cast, duplicate=copies == 2, delay_seconds=5)
    with scope(company=cast.client):
        sent = text_from_phone(channel=cast.channel_queue, phone="514 555-0142", text="Allô", now=NOW)
    content = {"id": sent.carrier_id, "from": PHONE, "to": "+14385550101", "text": "Allô", "media_urls": []}
    assert callbacks() == [(5, "inbound", content)] * copies
    job = ProcrastinateJob.objects.filter(queue_name="simulator").first()
    assert job is not None
    assert (job.args["company_id"], job.args["provider_id"]) == (cast.client.pk, cast.provider.pk)


def test_a_phone_has_a_number_that_can_exist(cast: Cast) -> None:
    with scope(company=cast.client), pytest.raises(BadNumber):
        set_behaviour(company=cast.client, phone="12", behaviour={})


def test_setting_a_phone_again_changes_the_same_phone(cast: Cast) -> None:
    assert toy(cast, outcome="fail").pk == toy(cast, outcome="refuse").pk
    with scope(company=cast.client):
        assert SimulatedPhone.objects.get().outcome == "refuse"


def address(provider: Provider) -> str:
    return f"/simulator/carrier/{provider.company_id}/{provider.hook_token}/messages"


def content(channel: Channel, **changes: Any) -> dict[str, Any]:
    return {"reference": "12.1", "from": channel.address, "to": PHONE, "text": "Oui", "media_urls": [], **changes}


def post(provider: Provider, body: object, *, secret: str | None = None, at: str = "") -> tuple[int, Any]:
    """The sender's request to the carrier's API; status and answer."""
    bearer = f"Bearer {provider.credentials['secret'] if secret is None else secret}"
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Client().post(
        at or address(provider), raw, content_type="application/json", headers={"Authorization": bearer}
    )
    return answer.status_code, answer.json()


def look_up(provider: Provider, reference: str, *, secret: str = "") -> tuple[int, Any]:
    bearer = f"Bearer {secret or provider.credentials['secret']}"
    answer = Client().get(f"{address(provider)}/{reference}", headers={"Authorization": bearer})
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("outcome", "status"), [("deliver", 201), ("fail", 201), ("silent", 201), ("refuse", 422), ("unclear", 504)]
)
def test_its_api_answers_as_the_phone_is_set(cast: Cast, outcome: str, status: int) -> None:
    toy(cast, outcome=outcome)
    answered, _answer = post(cast.provider, content(cast.channel_queue))
    assert answered == status
    with scope(company=cast.client):
        assert SimulatedText.objects.filter(text="Oui").count() == (0 if outcome == "refuse" else 1)


def test_a_text_taken_without_an_answer_can_be_looked_up(cast: Cast) -> None:
    toy(cast, outcome="unclear")
    post(cast.provider, content(cast.channel_queue))
    with scope(company=cast.client):
        taken = SimulatedText.objects.get()
    assert look_up(cast.provider, "12.1") == (200, {"id": taken.carrier_id})
    assert look_up(cast.provider, "12.2")[0] == 404


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", {"from": "x"}, {**dict.fromkeys(("from", "to", "text"))}])
def test_it_refuses_what_it_cannot_read(cast: Cast, body: object) -> None:
    assert post(cast.provider, body)[0] == 400


@pytest.mark.parametrize("secret", ["", "wrong", "é"])
def test_it_serves_nobody_without_the_accounts_secret(cast: Cast, secret: str) -> None:
    assert post(cast.provider, content(cast.channel_queue), secret=secret)[0] == 401
    assert look_up(cast.provider, "12.1", secret=secret or " ")[0] == 401


def test_the_secret_without_the_accounts_token_opens_nothing(cast: Cast) -> None:
    elsewhere = f"/simulator/carrier/{cast.client.pk}/{'0' * 48}/messages"
    assert post(cast.provider, content(cast.channel_queue), at=elsewhere)[0] == 401


def test_an_account_of_another_company_opens_nothing(cast: Cast) -> None:
    mixed = f"/simulator/carrier/{cast.client.pk}/{cast.outsider_provider.hook_token}/messages"
    assert post(cast.outsider_provider, content(cast.channel_queue), at=mixed)[0] == 401
    theirs = f"/simulator/carrier/{cast.client.pk}/{cast.provider.hook_token}/messages"
    assert post(cast.outsider_provider, content(cast.channel_queue), at=theirs)[0] == 401
    with scope(company=cast.client):
        assert not SimulatedText.objects.exists()


def test_a_text_by_a_lent_simulator_is_on_the_borrowers_phone(cast: Cast) -> None:
    with scope(company=cast.l2):
        lent = create_provider(company=cast.l2, kind="simulator", name="Prêté", credentials={"secret": "s"})
    lend_provider(provider=lent, borrower=cast.client, acting=None, now=NOW)
    with scope(company=cast.client):
        create_channel(
            company=cast.client, provider=lent, name="Emprunté", address="+14385550171",
            destination=Destination.USERS, users=[cast.user],
        )  # fmt: skip
    sent = {"reference": "7.1", "from": "+14385550171", "to": PHONE, "text": "Bonjour", "media_urls": []}
    base, headers = f"/simulator/carrier/{cast.l2.pk}/{lent.hook_token}/messages", {"authorization": "Bearer s"}
    taken = Client().post(base, json.dumps(sent), content_type="application/json", headers=headers)
    assert taken.status_code == 201
    with scope(company=cast.client):
        assert SimulatedText.objects.get().carrier_id == taken.json()["id"]
    with scope(company=cast.l2):
        assert not SimulatedText.objects.exists()
    assert Client().get(f"{base}/7.1", headers=headers).json() == taken.json()


def test_it_knows_an_account_by_token_and_secret(cast: Cast) -> None:
    request = SimulatorAdapter().build_check(cast.provider.account)
    assert request is not None
    path = urlsplit(request.url).path
    right = {"authorization": request.headers["authorization"]}
    answers = [Client().get(path, headers=headers).status_code for headers in (right, {"authorization": "Bearer x"})]
    assert [SimulatorAdapter().parse_check(HttpAnswer(status, b"")) for status in answers] == ["works", "refused"]
