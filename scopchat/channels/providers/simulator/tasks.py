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
from scopchat.channels.providers.simulator.adapter import SIGNATURE_HEADER, sign
from scopchat.common import http


class NotTaken(Exception):
    """The desk's hook did not acknowledge the callback."""


@app.task(
    queue="simulator",
    retry=RetryStrategy(
        max_attempts=8, exponential_wait=2, retry_exceptions=[NotTaken, http.NotConnected, http.NoAnswer]
    ),
)
async def call_back(*, company_id: int, provider_id: int, event: str, content: dict[str, Any]) -> None:
    """Posts one signed callback; raises, so that it is made again, until the desk answers 2xx."""
    provider = await sync_to_async(_provider)(company_id, provider_id)
    body = json.dumps(content).encode()
    headers = {
        "content-type": "application/json",
        SIGNATURE_HEADER: sign(body, provider.credentials["secret"]),
    }
    async with http.Client(allow_private=settings.ALLOW_PRIVATE_HOSTS) as client:
        answer = await client.request("POST", f"{provider.callback_url}/{event}", headers=headers, body=body)
    if answer.status >= 300:
        raise NotTaken(f"HTTP {answer.status}")


def _provider(company_id: int, provider_id: int) -> Provider:
    with scope(company=company_id):
        provider: Provider = Provider.objects.get(pk=provider_id)
    return provider
