"""How a page answers what somebody did to a conversation: the open thread as it is now, a notice, a way to undo it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core import signing
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string

from scopchat.accounts.access import PersonRequest, is_fragment
from scopchat.common.ids import read_id
from scopchat.common.refusals import NotAllowed, Refusal
from scopchat.interactions import pages
from scopchat.interactions.errors import DraftSent
from scopchat.interactions.models import Interaction
from scopchat.interactions.services.undoing import state_of

UNDO_SECONDS = 20
"""How long a step can be undone: the notice shows for 8 s, and longer under the pointer."""
SALT = "undo"


def answer(
    request: PersonRequest, pk: int, act: Callable[[], str | None], *, refused_by: str = "toast"
) -> HttpResponse:
    """Does it, and draws the thread where it is the open one; the live stream brings its row, as it does to everyone.

    What `act` returns is drawn beside it. What somebody else did first is said on the page, with status 409; any other
    refusal there as well, or, where it is `refused_by` the reply box, under it.
    """
    status = 200
    try:
        notice = act() or ""
    except NotAllowed:
        raise
    except Refusal as refusal:
        if refused_by == "composer" and not refusal.is_conflict:
            return refused(refusal.words, key=str(uuid4()) if isinstance(refusal, DraftSent) else "")
        status, notice = 409 if refusal.is_conflict else 422, toast(refusal.words)
    return shown(request, pk, notice=notice, status=status)


def shown(request: PersonRequest, pk: int, *, notice: str = "", status: int = 200) -> HttpResponse:
    """The thread as it is now, where it is the open one, with a notice."""
    if not is_fragment(request):
        return redirect("interactions:thread", pk)
    html = ""
    if request.POST.get("elsewhere") != "yes":
        html, _there = pages.thread_html(request, pk, start=start_of(request))
    return HttpResponse(html + notice, status=status)


def start_of(request: PersonRequest) -> int:
    """The first message that the page shows."""
    return read_id(request.POST.get("from", "")) or 0


def refused(words: str, *, key: str = "") -> HttpResponse:
    """Under the reply box, which keeps what was typed; `key` is what to send it under from now on."""
    return HttpResponse(render_to_string("interactions/refused.html", {"words": words, "key": key}), status=422)


def toast(words: str, *, undo: str = "") -> str:
    return render_to_string("web/toast.html", {"text": words, "undo": undo, "undo_address": "interactions:undo"})


def undoable(request: PersonRequest, interaction: Interaction, act: Callable[[], object], *, done: str) -> HttpResponse:
    """As `answer`, and where it was done the notice `done` offers to undo it."""

    def told() -> str:
        with transaction.atomic():
            # Held until the step is done: a text that comes meanwhile would be undone with it.
            before = state_of(Interaction.objects.select_for_update(no_key=True).get(pk=interaction.pk))
            act()
        return toast(done, undo=undo_token(request, interaction, before))

    return answer(request, interaction.pk, told)


def undo_token(request: PersonRequest, interaction: Interaction, before: dict[str, Any]) -> str:
    """What the person may show within `UNDO_SECONDS` to have the interaction as it was `before`."""
    states = {**before, "changed_at": interaction.changed_at}
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in states.items()}
    return signing.dumps([request.user.pk, interaction.pk, plain], salt=SALT)


def read_undo(request: PersonRequest, token: str) -> tuple[int, dict[str, Any]] | None:
    """The interaction and its state before; None for a token that is not the person's, or too old."""
    try:
        person, pk, plain = signing.loads(token, salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        return None
    if person != request.user.pk:
        return None
    moments = {name for name in plain if name.endswith("_at") or name == "waiting_since"}
    return pk, {
        name: datetime.fromisoformat(value) if value and name in moments else value for name, value in plain.items()
    }
