"""The archive by what was said: conversations in which somebody wrote all these words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from scopchat.accounts.models import User
from scopchat.common.ids import MAX_ID
from scopchat.common.lexemes import query_of
from scopchat.interactions import queries
from scopchat.interactions.archive import PAGE, Asked
from scopchat.interactions.models import Interaction
from scopchat.tenancy.models import Company

STEPS = (200, 600, 1_200)
"""Texts looked at in one go; then the page ends, however little was found for somebody who sees little: it goes on from
there."""
WINDOW = 20_000
"""The latest texts, in which a word is looked for first."""
SHOWN_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Found:
    """One page, by the newest text with the words."""

    interactions: list[Interaction]
    said: dict[int, str]
    """What was found, by interaction."""
    next_cursor: str
    """The text at which the next page begins; empty after the last."""


def search(user: User, company: Company, asked: Asked, words: str, *, before: int = MAX_ID - 1) -> Found:
    """Conversations that the person may see, narrowed otherwise, in which a text has all the words."""
    query = query_of(words, company_id=company.pk)
    found: list[Interaction] = []
    said: dict[int, str] = {}
    for most in STEPS if query else ():
        texts, is_end = _texts(company, query, before, most)
        shown = _shown(user, asked, [interaction for _message, interaction, _text in texts])
        for message, interaction, text in texts:
            if len(found) == PAGE:
                return Found(found, said, str(before))
            before = message
            if interaction in shown:
                found.append(shown[interaction])
                said[interaction] = text[:SHOWN_CHARACTERS]
        if is_end:
            return Found(found, said, "")
    return Found(found, said, str(before) if query else "")


def _texts(company: Company, query: str, before: int, most: int) -> tuple[list[tuple[Any, ...]], bool]:
    """The next texts with the words, and whether there are no more.

    Common words fill a page from the latest texts; words that do not are few enough to read all that have them. Left
    to itself the planner reads every text in order for a rare word, since it reckons with stopping early.
    """
    parameters = {"company": company.pk, "query": query, "before": before, "most": most, "window": WINDOW}
    latest = queries.rows("find_words", parameters)
    if len(latest) > PAGE:
        return latest, False
    texts = queries.rows("find_rare_words", parameters)
    return texts, len(texts) < most


def _shown(user: User, asked: Asked, ids: list[int]) -> dict[int, Interaction]:
    """Those of these interactions that the person may see and asked for."""
    found = asked.narrow(Interaction.objects.visible_to(user).filter(pk__in=ids))
    related = found.with_contact().select_related("channel", "assignee").fetch_mode(models.FETCH_RAISE)
    return {interaction.pk: interaction for interaction in related}
