"""The simulated carrier's callbacks, made over HTTP like any carrier's."""

from __future__ import annotations

import json
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django_scopes import scope
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from scopchat.channels.models import Provider
from scopchat.channels.providers.base import Event
from scopchat.channels.providers.simulator.adapter import SIGNATURE_HEADER, sign
from scopchat.channels.providers.simulator.models import SimulatedText
from scopchat.common import http


class NotTaken(Exception):
    """The desk's hook did not acknowledge the callback."""


@app.task(
    queue="simulator",
    retry=RetryStrategy(
        max_attempts=8, exponential_wait=2, retry_exceptions=[NotTaken, http.NotConnected, http.NoAnswer]
    ),
)
async def call_back(*, company_id: int, provider_id: int, holder_id: int, text_id: int, status: str = "") -> None:
    """Posts one signed callback about a text, that it has come or which status it has reached.

    Raises, so that it is made again, until the desk answers 2xx. `company_id` is the provider's company, `holder_id`
    that of the text.
    """
    provider = await sync_to_async(_provider)(company_id, provider_id)
    event, content = await sync_to_async(_content)(holder_id, text_id, status)
    body = json.dumps(content).encode()
    headers = {
        "content-type": "application/json",
        SIGNATURE_HEADER: sign(body, provider.credentials["secret"]),
    }
    async with http.Client(allow_private=settings.ALLOW_PRIVATE_HOSTS) as client:
        answer = await client.request("POST", f"{provider.callback_url}/{event.value}", headers=headers, body=body)
    if answer.status >= 300:
        raise NotTaken(f"HTTP {answer.status}")


def _provider(company_id: int, provider_id: int) -> Provider:
    with scope(company=company_id):
        return Provider.objects.get(pk=provider_id)


def _content(company_id: int, text_id: int, status: str) -> tuple[Event, dict[str, Any]]:
    """What the carrier says of the text; by ids, as a job's arguments are kept and logged."""
    with scope(company=company_id):
        text = SimulatedText.objects.select_related("phone").get(pk=text_id)
    ours, theirs = text.channel_address, text.phone.number
    if status:
        return Event.STATUS, {"id": text.carrier_id, "from": ours, "to": theirs, "status": status}
    words = {"text": text.text, "media_urls": text.media_urls}
    return Event.INBOUND, {"id": text.carrier_id, "from": theirs, "to": ours, **words}
