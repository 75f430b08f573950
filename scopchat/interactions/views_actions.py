"""What people do with interactions. Each answers with the parts of the page that changed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.gsm import MAX_CHARACTERS
from scopchat.common.refusals import said_on
from scopchat.contacts.models import Contact, ContactList
from scopchat.interactions import pages
from scopchat.interactions.acting import answer, refused, start_of
from scopchat.interactions.forms import MAX_TYPED_NUMBER, RecipientFilter, ReplyForm, StartForm
from scopchat.interactions.media import link_to_upload
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.services import delivery, drafts, lifecycle
from scopchat.interactions.services import unsending as service
from scopchat.interactions.services.reply import reply as send_reply
from scopchat.interactions.services.start import channels_to_start_from
from scopchat.interactions.services.start import start as start_conversation
from scopchat.interactions.services.uploads import max_photos

MAX_OFFERED = 8
"""Contacts offered for what was typed."""


@require_POST
@requires(Permission.ANSWER, pk=Interaction)
def reply(request: PersonRequest, pk: int) -> HttpResponse:
    """What was written in the reply box: a text to the customer, or a note."""
    interaction = pages.visible(request, pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return refused(_("This draft cannot be sent. Reload the page and try again."))
    common: dict[str, Any] = {"interaction": interaction, "acting": request.user, "now": utc_now()}

    def act() -> str:
        if form.cleaned_data["is_note"]:
            lifecycle.note(**common, text=form.cleaned_data["text"])
        else:
            send_reply(
                **common, text=form.text_by(request.user), photos=form.photos, idempotency_key=form.cleaned_data["key"]
            )
        return render_to_string("interactions/sent.html", {"key": uuid4()})

    return answer(request, pk, act, refused_by="composer")


@require_POST
@requires(Permission.SEE_INTERACTIONS, pk=Interaction)
def look(request: PersonRequest, pk: int) -> HttpResponse:
    """What a live page asks for when its open thread changed: somebody looks at it, so it is read, and drawn."""
    html, there = pages.thread_html(request, pk, start=start_of(request), seen=True)
    return HttpResponse(html, status=200 if there else 404)


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
    return answer(request, thread, lambda: delivery.retry(message=message, acting=request.user))


@require_POST
@requires(Permission.ANSWER, pk=Message)
def unsend(request: PersonRequest, pk: int) -> HttpResponse:
    """Takes back a text that has not left, and gives its words and photos to the reply box again."""
    message, thread = _message(request, pk)

    def act() -> str:
        photos = service.unsend(message=message, acting=request.user, now=utc_now())
        signature = f"\n{request.user.signature}" if request.user.signature else ""
        context = {
            "text": message.text.removesuffix(signature),
            "photos": [(photo, link_to_upload(photo.pk)) for photo in photos],
        }
        return render_to_string("interactions/unsent.html", context)

    return answer(request, thread, act)


@require_POST
@requires(Permission.ANSWER, pk=Interaction)
def draft(request: PersonRequest, pk: int) -> HttpResponse:
    """Keeps what is being written, for other windows and devices; answers with the key to send it under."""
    interaction, form = pages.visible(request, pk), ReplyForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    written = {name: form.cleaned_data[name] for name in ("text", "is_note", "key")}
    key = drafts.keep(interaction=interaction, acting=request.user, now=utc_now(), **written)
    return JsonResponse({"key": str(key)})


@require_POST
@requires(Permission.ANSWER, pk=Message)
def settle(request: PersonRequest, pk: int) -> HttpResponse:
    """A person decides about a message of which nobody knows whether it left."""
    message, thread = _message(request, pk)
    was_sent = request.POST.get("was_sent") == "yes"

    def act() -> None:
        delivery.settle_unknown(message=message, acting=request.user, was_sent=was_sent, now=utc_now())

    return answer(request, thread, act)


@requires(Permission.START_CONVERSATION)
def start(request: PersonRequest) -> HttpResponse:
    """The new-message dialog, and sending it."""
    channels = channels_to_start_from(request.user)
    phone = request.GET.get("phone", "")[:MAX_TYPED_NUMBER]
    form = StartForm(request.POST or None, channels=channels, initial={"phone": phone})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with said_on(form):
                message = _start(request, form)
                address = reverse("interactions:thread", args=[message.interaction_id])
                return HttpResponse(headers={"HX-Redirect": address})
    context = {
        "form": form,
        "channels": channels,
        "lists": ContactList.objects.kept().by_name(),
        "max_photos": max(map(max_photos, channels), default=0),
        "limit": MAX_CHARACTERS,
        "person": request.user,
    }
    return render(request, "interactions/new.html", context, status=status)


@requires(Permission.START_CONVERSATION)
def recipients(request: PersonRequest) -> HttpResponse:
    """Contacts, all or those on a list, that are offered for what was typed so far of a recipient."""
    typed = request.GET.get("phone", "").replace("\0", " ").strip()[:MAX_TYPED_NUMBER]
    form = RecipientFilter(request.GET)
    listed = form.cleaned_data["list"] if form.is_valid() else None
    # Of a list the first are offered before anything is typed.
    found = Contact.objects.kept().found_by(typed) if listed or len(typed) > 1 else Contact.objects.none()
    if listed:
        found = found.filter(lists=listed)
    return render(request, "interactions/recipients.html", {"contacts": found.order_by("search", "pk")[:MAX_OFFERED]})


def _start(request: PersonRequest, form: StartForm) -> Message:
    data = form.cleaned_data
    key: UUID = data["key"]
    return start_conversation(
        channel=data["channel"],
        acting=request.user,
        phone=data["phone"],
        text=form.text_by(request.user),
        photos=form.photos,
        idempotency_key=key,
        now=utc_now(),
    )
