"""Undoing what a person did a moment ago: a notice holds the proof of it."""

from __future__ import annotations

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from scopchat.accounts.access import PersonRequest
from scopchat.common.refusals import Conflict

UNDO_SECONDS = 20
"""How long it can be undone: the notice shows for 8 s, and longer under the pointer."""


def notice(request: PersonRequest, words: str, *pks: int, address: str, also: str = "") -> HttpResponse:
    """Says what was done, and offers to undo it at the page `address`, which reads `pks` by `undone`.

    `also` is HTML of what else changes on the page.
    """
    context = {
        "text": words,
        "undo": signing.dumps([request.user.pk, *pks], salt=address),
        "undo_address": address,
        "also": also,
    }
    return render(request, "contacts/undo.html", context)


def undone(request: PersonRequest, address: str) -> list[int]:
    """What the notice names that the person had at the page `address`. Raises `Conflict` for any other, or too late."""
    person: int
    pks: list[int]
    try:
        person, *pks = signing.loads(request.POST.get("token", ""), salt=address, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        person, pks = 0, []
    if person != request.user.pk:
        raise Conflict(_("It is too late to undo this."))
    return pks
