"""Typed settings from the environment, each declared once with its meaning.

`DECLARED` lists every setting the program reads; `docs/settings.md` must name each of them (a test compares).
"""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str
    meaning: str


DECLARED: dict[str, Setting] = {}


class BadSetting(ValueError):
    """A setting's value cannot be read; the text says which and why."""


def text(name: str, default: str, meaning: str) -> str:
    """The setting's value, or `default` where it is unset or empty."""
    DECLARED[name] = Setting(name, default, meaning)
    return os.environ.get(name) or default


def flag(name: str, default: bool, meaning: str) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off, in any case."""
    value = text(name, "1" if default else "0", meaning).strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name} must be yes or no, not {value!r}")


def number(name: str, default: int, meaning: str) -> int:
    """A whole number."""
    value = text(name, str(default), meaning)
    try:
        return int(value)
    except ValueError:
        raise BadSetting(f"{name} must be a whole number, not {value!r}") from None


def items(name: str, default: str, meaning: str) -> list[str]:
    """A comma-separated list, blanks dropped."""
    return [item.strip() for item in text(name, default, meaning).split(",") if item.strip()]
