"""Reads of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scopchat.common.searching import SearchedQuerySet

if TYPE_CHECKING:
    from scopchat.contacts.models import Contact, ContactList  # noqa: F401  the queryset's rows

MAX_TYPED = 100
"""Characters of a search that are looked at."""


class ContactQuerySet(SearchedQuerySet["Contact"]):
    def kept(self) -> Self:
        """Those that nobody has deleted."""
        return self.filter(deleted_at=None)

    def found_by(self, typed: str) -> Self:
        """What has all these words, or what is typed of a number however it is spaced."""
        return self.mentioning(words_of(typed))


class ContactListQuerySet(SearchedQuerySet["ContactList"]):
    """Lists."""


def words_of(typed: str) -> str:
    """What `mentioning` is asked for: without letters it is a part of one number, with any dashes and brackets."""
    typed = typed[:MAX_TYPED]
    return typed if has_letters(typed) else digits_of(typed)


def has_letters(typed: str) -> bool:
    """Whether a name is looked for, not a number."""
    return any(character.isalpha() for character in typed)


def digits_of(typed: str) -> str:
    """The ASCII digits in it, at most as many as a number has."""
    return "".join(character for character in typed if character.isascii() and character.isdigit())[:20]
