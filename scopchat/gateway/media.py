"""Fetching photos from carriers: later than the message, behind the guard, without taking anything on trust."""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin, urlsplit

import structlog
from django.conf import settings

from scopchat.channels.providers.registry import adapter_for
from scopchat.common import http
from scopchat.common.images import MAX_BYTES
from scopchat.gateway.database import in_thread
from scopchat.interactions.models import Attachment, AttachmentState
from scopchat.interactions.services import attachments

logger = structlog.get_logger(__name__)

AT_ONCE = 20
MOST_REDIRECTS = 3


class NotFetched(Exception):
    """The photo could not be had; `permanent` when another try would be no better."""

    def __init__(self, why: str, *, permanent: bool) -> None:
        super().__init__(why)
        self.permanent = permanent


async def fetch_pending(client: http.Client) -> None:
    """Fetches the photos that are still at their carriers, a few at a time."""
    pending = await in_thread(_pending)
    await asyncio.gather(*(_fetch(client, attachment) for attachment in pending))


def _pending() -> list[Attachment]:
    waiting = Attachment.objects.filter(state=AttachmentState.PENDING)
    return list(
        waiting.select_related("message__channel__provider", "message__interaction").order_by("attempts", "id")[
            :AT_ONCE
        ]
    )


async def _fetch(client: http.Client, attachment: Attachment) -> None:
    try:
        content = await _get(client, attachment)
    except NotFetched as error:
        logger.warning("media_not_fetched", attachment=attachment.pk, error=str(error))
        await in_thread(attachments.note_failure, attachment=attachment, permanent=error.permanent)
        return
    await in_thread(attachments.store, attachment=attachment, content=content)


async def _get(client: http.Client, attachment: Attachment) -> bytes:
    """The photo's bytes. Raises `NotFetched`."""
    provider = attachment.message.channel.provider
    adapter, account = adapter_for(provider.kind), provider.account
    url = attachment.source_url
    for _hop in range(MOST_REDIRECTS + 1):
        if urlsplit(url).scheme != "https" and not settings.ALLOW_PRIVATE_HOSTS:
            raise NotFetched("not https", permanent=True)
        request = adapter.build_media(url, account)
        try:
            answer = await client.request("GET", url, headers=request.headers, max_bytes=MAX_BYTES)
        except (http.Blocked, http.TooLarge) as error:
            raise NotFetched(str(error), permanent=True) from error
        except (http.NotConnected, http.NoAnswer) as error:
            raise NotFetched(str(error), permanent=False) from error
        if answer.status in {301, 302, 303, 307, 308}:
            url = urljoin(url, answer.headers.get("location", ""))
            continue
        if answer.status != 200:
            raise NotFetched(f"HTTP {answer.status}", permanent=answer.status in {403, 404, 410})
        return answer.body
    raise NotFetched("too many redirects", permanent=True)
