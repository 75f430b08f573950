"""Reads of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

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
    def kept(self) -> Self:
        """Those that nobody has deleted."""
        return self.filter(deleted_at=None)

    def by_name(self) -> Self:
        return self.order_by("search", "id")

    def with_counts(self) -> Self:
        """With `member_count`, the contacts on each but those that are deleted.

        These are taken off the whole: there are few of them, and the whole is counted by the index alone.
        """
        members = apps.get_model("contacts", "ListMember").objects.filter(list=OuterRef("pk")).order_by()
        deleted = members.filter(contact__deleted_at__isnull=False)
        return self.annotate(member_count=_number_of(members) - _number_of(deleted))


def _number_of(members: QuerySet[Any]) -> Coalesce:
    """How many members of one list these are."""
    counted = members.values("list").annotate(number=Count("*")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


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
