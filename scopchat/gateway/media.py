"""Fetching photos from carriers: later than the message, behind the guard, without taking anything on trust."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from urllib.parse import urljoin, urlsplit

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from scopchat.channels.providers.registry import adapter_for
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.common.images import MAX_BYTES, NotAPhoto
from scopchat.common.photo_process import checked_apart
from scopchat.gateway.database import in_thread_unscoped
from scopchat.interactions.models import Attachment, AttachmentState
from scopchat.interactions.services import attachments

logger = structlog.get_logger(__name__)

AT_ONCE = 40
"""Photos on their way from carriers;"""
COMPANY_AT_ONCE = 4
"""of one company at the most."""
LOOKED_AT_AT_ONCE = 2
"""Photos looked at, of all companies."""
LOOK_SECONDS = 1.0
"""How long a new photo waits to be found while others are fetched."""
MAX_REDIRECTS = 3


class NotFetched(Exception):
    """The photo could not be had; `permanent` when another try would be no better."""

    def __init__(self, why: str, *, permanent: bool) -> None:
        super().__init__(why)
        self.permanent = permanent


async def fetch_pending(client: http.Client) -> None:
    """Fetches photos until none is due. Each is handled alone, and companies take turns."""
    await Fetching(client).run()


class Fetching:
    """The photos that are being fetched."""

    def __init__(self, client: http.Client) -> None:
        self._client = client
        self._running: dict[asyncio.Task[None], Attachment] = {}
        self._looking = asyncio.Semaphore(LOOKED_AT_AT_ONCE)
        self._turns: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One photo of a company is looked at, at a time."""

    async def run(self) -> None:
        """New photos are found while slow ones are still on their way."""
        try:
            while await self._step():
                pass
        finally:
            for task in self._running:
                task.cancel()

    async def _step(self) -> bool:
        """Begins what is due and waits a moment for what is under way; False when there is neither."""
        for attachment in await in_thread_unscoped(self._due):
            self._running[asyncio.create_task(self._fetch(attachment))] = attachment
        if not self._running:
            return False
        done, _ = await asyncio.wait(self._running, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            del self._running[task]
            task.result()
        return True

    def _due(self) -> list[Attachment]:
        """As many as there is room for, the first of each company before the second of any (`attachment_pending`)."""
        under_way = Counter(attachment.company_id for attachment in self._running.values())
        pending = Attachment.objects.filter(state=AttachmentState.PENDING)
        due = pending.filter(Q(not_before=None) | Q(not_before__lte=utc_now()))
        due = due.exclude(pk__in=[attachment.pk for attachment in self._running.values()])
        place = Window(RowNumber(), partition_by="company_id", order_by="id")
        found = due.annotate(place=place).filter(place__lte=COMPANY_AT_ONCE).order_by("place", "id")
        found = found.select_related("message__channel__provider", "message__interaction")
        room: list[Attachment] = [one for one in found if one.place + under_way[one.company_id] <= COMPANY_AT_ONCE]
        return room[: AT_ONCE - len(self._running)]

    async def _fetch(self, attachment: Attachment) -> None:
        try:
            await self._keep(attachment)
        except NotFetched as error:
            logger.warning("media_not_fetched", attachment=attachment.pk, error=str(error))
            await in_thread_unscoped(
                attachments.note_failure, attachment=attachment, permanent=error.permanent, now=utc_now()
            )
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            logger.warning("media_not_kept", attachment=attachment.pk, error=type(error).__name__)
            await in_thread_unscoped(attachments.note_failure, attachment=attachment, permanent=False, now=utc_now())

    async def _keep(self, attachment: Attachment) -> None:
        content = await _get(self._client, attachment)
        try:
            async with self._turns[attachment.company_id], self._looking:
                photo = await checked_apart(content)
        except NotAPhoto:
            await in_thread_unscoped(attachments.refuse, attachment=attachment)
            return
        await in_thread_unscoped(attachments.store, attachment=attachment, photo=photo)


async def _get(client: http.Client, attachment: Attachment) -> bytes:
    """The photo's bytes. Raises `NotFetched`."""
    provider = attachment.message.channel.provider
    adapter, account = adapter_for(provider.kind), provider.account
    url = attachment.source_url
    for _hop in range(MAX_REDIRECTS + 1):
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
