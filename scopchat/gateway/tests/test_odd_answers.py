"""One answer that is not as it should be, among others that are: it costs nobody else anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import DataError

from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common.asgi import Receive, Scope, Send, answer
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.tests.carriers import answering, drain, fresh, point_at, queue, serving
from scopchat.gateway.tests.conftest import Desk
from scopchat.interactions.services import sending
from scopchat.interactions.status import MessageStatus

pytestmark = pytest.mark.django_db(transaction=True)

ODD = [
    {"sid": "SM\0"},
    {"sid": "SM\ud800"},
    {"sid": "S" * 500},
    {"num_segments": "99999"},
    {"num_segments": 10**12},
    {"num_segments": "-1"},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
async def test_an_odd_answer_spoils_no_other_texts_result(desk: Desk, odd: dict[str, object]) -> None:
    """The carrier took all ten; one answer cannot be kept as it came."""
    texts = [await in_thread_unscoped(queue, desk, str(n), to=f"+1514555{n:04}") for n in range(10)]
    answers = iter(range(10))

    async def carrier(_scope: Scope, _receive: Receive, send: Send) -> None:
        number = next(answers)
        content = {"sid": f"SM{number}", "num_segments": "1", **(odd if number == 4 else {})}
        await answer(send, 201, json.dumps(content).encode(), "application/json")

    async with serving(carrier) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    assert [(await in_thread_unscoped(fresh, text)).status for text in texts] == ["sent"] * 10


async def test_an_odd_error_spoils_no_other_texts_result(desk: Desk) -> None:
    texts = [await in_thread_unscoped(queue, desk, str(n), to=f"+1514555{n:04}") for n in range(3)]
    async with serving(answering(400, b'{"code": "2\\u00001\\ud800"}')) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    assert [(await in_thread_unscoped(fresh, text)).status for text in texts] == ["failed"] * 3


async def test_a_result_that_cannot_be_written_is_written_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [await in_thread_unscoped(queue, desk, str(n), to=f"+1514555{n:04}") for n in range(3)]
    spoilt, record = texts[1].pk, sending.record_results

    def choosy(*, results: Sequence[sending.Result], **more: Any) -> None:
        if any(one.message_id == spoilt and one.status == MessageStatus.SENT for one in results):
            raise DataError("a value that no table holds")
        record(results=results, **more)

    monkeypatch.setattr(sending, "record_results", choosy)
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    assert [(await in_thread_unscoped(fresh, text)).status for text in texts] == ["sent", "unknown", "sent"]
