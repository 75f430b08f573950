"""A kind for tests: seven numbers, three at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from django.utils import timezone
from django.utils.translation import get_language

from scopchat.accounts.roles import Permission
from scopchat.exports.kinds import KINDS, Asking, Batch, Kind

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


class Numbers(Kind):
    name = "numbers"
    title = "Numbers"
    page = "exports:list"
    permission = Permission.SEE_INTERACTIONS

    def columns(self) -> Sequence[str]:
        return [f"number ({get_language()} {timezone.get_current_timezone_name()})", "of"]

    def count(self, asking: Asking) -> int:
        return 7

    def batch(self, asking: Asking, after: str) -> Batch:
        begins = int(after or 1)
        numbers = list(range(begins, min(begins + 3, 8)))
        end = numbers[-1] + 1
        return Batch([[number, asking.asked.get("of", "")] for number in numbers], len(numbers), str(end % 8 or ""))


@contextmanager
def there_are(kind: Kind) -> Iterator[Any]:
    with mock.patch.dict(KINDS, {kind.name: kind}):
        yield kind
