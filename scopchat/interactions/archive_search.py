"""The archive by what was said: conversations in which somebody wrote all these words."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from scopchat.accounts.models import User
from scopchat.common.keyset import MAX_ID
from scopchat.common.lexemes import query_of
from scopchat.interactions import queries
from scopchat.interactions.archive import PAGE, Asked
from scopchat.interactions.models import Interaction
from scopchat.tenancy.models import Company

STEP = 200
"""Texts looked at in one go."""
MAX_STEPS = 10
"""Then the page ends, however little was found for somebody who sees little: it goes on from there."""
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
    for _step in range(MAX_STEPS if query else 0):
        parameters = {"company": company.pk, "query": query, "before": before, "most": STEP}
        texts = queries.find_words(parameters)
        shown = _shown(user, asked, [interaction for _message, interaction, _text in texts])
        for message, interaction, text in texts:
            if len(found) == PAGE:
                return Found(found, said, str(before))
            before = message
            if interaction in shown:
                found.append(shown[interaction])
                said[interaction] = text[:SHOWN_CHARACTERS]
        if len(texts) < STEP:
            return Found(found, said, "")
    return Found(found, said, str(before) if query else "")


def _shown(user: User, asked: Asked, ids: list[int]) -> dict[int, Interaction]:
    """Those of these interactions that the person may see and asked for."""
    found = asked.narrow(Interaction.objects.visible_to(user).filter(pk__in=ids))
    related = found.with_contact().select_related("channel", "assignee").fetch_mode(models.FETCH_RAISE)
    return {interaction.pk: interaction for interaction in related}
