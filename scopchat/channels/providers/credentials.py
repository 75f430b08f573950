"""What an administrator types to connect an account at a carrier."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One line of the form that an administrator fills in."""

    name: str
    label: str
    secret: bool = False
    shape: str = ""
    """A pattern that every such value matches, where the carrier's have one; and what it is in words."""
    looks_like: str = ""
