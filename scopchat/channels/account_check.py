"""Asking a carrier whether it knows a provider's account by the credentials that we hold."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.channels.models import Provider
from scopchat.channels.providers.base import AccountCheck, HttpAnswer, HttpRequest
from scopchat.channels.providers.protocol import Adapter
from scopchat.channels.providers.registry import adapter_for
from scopchat.channels.queries import lock_check, unlock_check
from scopchat.common import http
from scopchat.common.refusals import Conflict, Refusal

CHECK_SECONDS = 5.0
"""For the name, the connection and the answer together: a person waits, and a thread for pages with them."""
MAX_AT_ONCE = 2
"""In one process, whose other threads go on answering pages, and the simulator's carrier."""

places = threading.BoundedSemaphore(MAX_AT_ONCE)


def check_account(*, provider: Provider, acting: User, seconds: float = CHECK_SECONDS) -> AccountCheck:
    """What the carrier says of the account, within so many seconds.

    Raises `Conflict` while the provider is being checked already, or too many are, and `Refusal` where the carrier
    cannot be asked. Call it outside a transaction: it waits for the carrier.
    """
    adapter = adapter_for(provider.kind)
    request = adapter.build_check(provider.account) if provider.is_readable else None
    if request is None:
        raise Refusal(_("This account cannot be tested."))
    with _alone(provider):
        found = asyncio.run(_ask(adapter, request, seconds))
    with transaction.atomic():
        details = {"outcome": found.value}
        record(verb=Verb.PROVIDER_TESTED, company=provider.company, acting=acting, about=provider, details=details)
    return found


@contextmanager
def _alone(provider: Provider) -> Iterator[None]:
    busy = Conflict(_("A test is running already. Wait a few seconds and try again."))
    if not places.acquire(blocking=False):
        raise busy
    try:
        if not lock_check(provider.pk):
            raise busy
        try:
            yield
        finally:
            unlock_check(provider.pk)
    finally:
        places.release()


async def _ask(adapter: Adapter, request: HttpRequest, seconds: float) -> AccountCheck:
    try:
        async with asyncio.timeout(seconds), http.Client(allow_private=settings.ALLOW_PRIVATE_HOSTS) as client:
            answer = await client.request(request.method, request.url, headers=request.headers, body=request.body)
    except http.Blocked:
        return AccountCheck.BLOCKED
    except TimeoutError:
        return AccountCheck.SLOW
    except (http.NotConnected, http.NoAnswer):
        return AccountCheck.AWAY
    except http.TooLarge:
        return AccountCheck.UNCLEAR
    return adapter.parse_check(HttpAnswer(answer.status, answer.body))
