"""Who gets a mass send, as it is kept with it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Self

from scopchat.common.phones import BadNumber, to_e164

MAX_TYPED = 10_000
"""Numbers typed or pasted; more come by a file into a list."""
_BETWEEN = re.compile(r"[\n\r,;\t]+")


@dataclass(frozen=True, slots=True)
class Audience:
    """Lists, labels and numbers; who is on a list of `without` gets nothing."""

    lists: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    without: tuple[int, ...] = ()
    everybody: bool = False
    """All contacts."""
    invalid: tuple[str, ...] = ()
    """What was typed and is no number."""

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        return cls(**values)

    @property
    def kept(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @property
    def has_somebody(self) -> bool:
        return bool(self.lists or self.labels or self.numbers or self.everybody)


def read_numbers(typed: str, *, country: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The numbers in what was typed, and what in it is none; in either as often as it is there."""
    found, invalid = [], []
    for part in filter(None, map(str.strip, _BETWEEN.split(typed))):
        try:
            found.append(to_e164(part, country=country))
        except BadNumber:
            invalid.append(part[:40])
    return tuple(found), tuple(invalid)
