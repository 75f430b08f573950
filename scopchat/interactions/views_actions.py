"""What people do with interactions. Each answers with the parts of the page that changed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.accounts.services import people_who_may
from scopchat.common.clock import utc_now
from scopchat.common.gsm import MAX_CHARACTERS
from scopchat.common.refusals import Conflict, NotAllowed, Refusal, said_on
from scopchat.interactions import pages
from scopchat.interactions.forms import AssignForm, DraftForm, StartForm
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.services import delivery, lifecycle
from scopchat.interactions.services.reply import reply as send_reply
from scopchat.interactions.services.start import channels_to_start_from
from scopchat.interactions.services.start import start as start_conversation


def _answer(request: PersonRequest, pk: int, act: Callable[[], object], *, extra: str = "") -> HttpResponse:
    """Does it, and draws the thread; the live stream brings its row, as it does to everyone.

    What somebody else did first is said on the page, with status 409; any other refusal under the reply box.
    """
    status, notice = 200, extra
    try:
        act()
    except NotAllowed:
        raise
    except Refusal as refusal:
        if not refusal.is_conflict:
            return _refused(refusal.words)
        status, notice = 409, render_to_string("web/toast.html", {"text": refusal.words})
    if not is_fragment(request):
        return redirect("interactions:thread", pk)
    html, _there = pages.thread_html(request, pk, start=_start_of(request))
    return HttpResponse(html + notice, status=status)


def _start_of(request: PersonRequest) -> int:
    """The first message that the page shows."""
    start = request.POST.get("from", "")
    return int(start) if start.isascii() and start.isdigit() and len(start) < 19 else 0


@require_POST
@requires(Permission.ANSWER, pk=Interaction)
def reply(request: PersonRequest, pk: int) -> HttpResponse:
    interaction = pages.visible(request, pk)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _refused(_("This draft cannot be sent. Reload the page and try again."))
    text, key = form.text_by(request.user), form.cleaned_data["key"]

    def act() -> Message:
        return send_reply(interaction=interaction, acting=request.user, text=text, idempotency_key=key, now=utc_now())

    return _answer(request, pk, act, extra=render_to_string("interactions/sent.html", {"key": uuid4()}))


def _refused(words: str) -> HttpResponse:
    """Under the reply box, which keeps what was typed."""
    return HttpResponse(render_to_string("interactions/refused.html", {"words": words}), status=422)


@require_POST
@requires(Permission.ANSWER, pk=Interaction)
def acknowledge(request: PersonRequest, pk: int) -> HttpResponse:
    interaction = pages.visible(request, pk)
    return _answer(
        request, pk, lambda: lifecycle.acknowledge(interaction=interaction, acting=request.user, now=utc_now())
    )


@require_POST
@requires(Permission.ANSWER, pk=Interaction)
def close(request: PersonRequest, pk: int) -> HttpResponse:
    interaction = pages.visible(request, pk)
    return _answer(request, pk, lambda: lifecycle.close(interaction=interaction, acting=request.user, now=utc_now()))


@require_POST
@requires(Permission.TAKE_OR_ASSIGN, pk=Interaction)
def take(request: PersonRequest, pk: int) -> HttpResponse:
    interaction = pages.visible(request, pk)
    return _answer(request, pk, lambda: lifecycle.take(interaction=interaction, acting=request.user, now=utc_now()))


@require_POST
@requires(Permission.SEE_INTERACTIONS, pk=Interaction)
def look(request: PersonRequest, pk: int) -> HttpResponse:
    """What a live page asks for when its open thread changed: somebody looks at it, so it is read, and drawn."""
    html, there = pages.thread_html(request, pk, start=_start_of(request), seen=True)
    return HttpResponse(html, status=200 if there else 404)


@requires(Permission.TAKE_OR_ASSIGN, pk=Interaction)
def assign(request: PersonRequest, pk: int) -> HttpResponse:
    """Whom to give it to, and giving it."""
    interaction = pages.visible(request, pk)
    people = people_who_may(Permission.ANSWER, company=request.company)
    if request.method != "POST":
        return render(request, "interactions/assign.html", {"interaction": interaction, "people": people})
    form = AssignForm(request.POST, people=people)

    def act() -> None:
        if not form.is_valid():
            # Whom the dialog offered may have been disabled, or given another role, since.
            raise Conflict
        to: User = form.cleaned_data["to"]
        lifecycle.assign(interaction=interaction, acting=request.user, to=to, now=utc_now())

    return _answer(request, pk, act)


def _message(request: PersonRequest, pk: int) -> tuple[Message, int]:
    """A message of a thread that the person may see, and the thread's number."""
    seen = Interaction.objects.visible_to(request.user).values("pk")
    message: Message = get_object_or_404(
        Message.objects.select_related("interaction", "channel").filter(interaction__in=seen), pk=pk
    )
    assert message.interaction_id is not None
    return message, message.interaction_id


@require_POST
@requires(Permission.ANSWER, pk=Message)
def retry(request: PersonRequest, pk: int) -> HttpResponse:
    message, thread = _message(request, pk)
    return _answer(request, thread, lambda: delivery.retry(message=message, acting=request.user))


@require_POST
@requires(Permission.ANSWER, pk=Message)
def settle(request: PersonRequest, pk: int) -> HttpResponse:
    """A person decides about a message of which nobody knows whether it left."""
    message, thread = _message(request, pk)
    was_sent = request.POST.get("was_sent") == "yes"

    def act() -> None:
        delivery.settle_unknown(message=message, acting=request.user, was_sent=was_sent, now=utc_now())

    return _answer(request, thread, act)


@requires(Permission.START_CONVERSATION)
def start(request: PersonRequest) -> HttpResponse:
    """The new-message dialog, and sending it."""
    channels = channels_to_start_from(request.user)
    form = StartForm(request.POST or None, channels=channels)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with said_on(form):
                message = _start(request, form)
                address = reverse("interactions:thread", args=[message.interaction_id])
                return HttpResponse(headers={"HX-Redirect": address})
    context = {"form": form, "channels": channels, "limit": MAX_CHARACTERS, "person": request.user}
    return render(request, "interactions/new.html", context, status=status)


def _start(request: PersonRequest, form: StartForm) -> Message:
    data = form.cleaned_data
    key: UUID = data["key"]
    return start_conversation(
        channel=data["channel"],
        acting=request.user,
        phone=data["phone"],
        text=form.text_by(request.user),
        idempotency_key=key,
        now=utc_now(),
    )
