"""Provider accounts by hook token, kept in memory for a moment: most callbacks need no query."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from django.db import OperationalError

from scopchat.channels.hook_tokens import digest_of
from scopchat.channels.models import Provider
from scopchat.channels.providers.base import Account
from scopchat.gateway.database import in_thread_unscoped

SECONDS_KEPT = 2.0
"""How long a rotated token or changed secret may go unnoticed."""
MAX_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class KnownAccount:
    provider_id: int
    kind: str
    account: Account


class KnownAccounts:
    """One per server process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[float, KnownAccount | None]] = {}
        self._loading: dict[tuple[str, str], asyncio.Task[KnownAccount | None]] = {}

    def kept(self, kind: str, token: str) -> KnownAccount | None:
        """The account, if it was found a moment ago."""
        moment, account = self._kept.get((kind, token), (0.0, None))
        return account if time.monotonic() - moment < SECONDS_KEPT else None

    async def find(self, kind: str, token: str) -> KnownAccount | None:
        """The account, or None for a token nobody has.

        Raises OSError when the database cannot be reached, and `Unreadable` when the account's secrets cannot be read.
        """
        key = (kind, token)
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() - kept[0] < SECONDS_KEPT:
            return kept[1]
        if key not in self._loading:
            # Whoever comes while it loads waits for the same answer.
            self._loading[key] = asyncio.create_task(self._load(kind, token))
        return await asyncio.shield(self._loading[key])

    async def _load(self, kind: str, token: str) -> KnownAccount | None:
        key = (kind, token)
        try:
            found = await in_thread_unscoped(_load, kind, token)
        except OperationalError as error:
            raise OSError("database") from error
        finally:
            del self._loading[key]
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[key] = (time.monotonic(), found)
        return found


def _load(kind: str, token: str) -> KnownAccount | None:
    provider: Provider | None = Provider.objects.filter(kind=kind, hook_digest=digest_of(token)).first()
    return KnownAccount(provider.pk, provider.kind, provider.account) if provider else None
