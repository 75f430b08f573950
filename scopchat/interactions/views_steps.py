"""The operations on a conversation, from its thread's head and from its row's menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.refusals import Conflict
from scopchat.interactions import pages
from scopchat.interactions.abilities import abilities
from scopchat.interactions.acting import answer, read_undo, shown, toast, undoable
from scopchat.interactions.customers import called
from scopchat.interactions.forms import PauseForm, TransferForm
from scopchat.interactions.models import Interaction
from scopchat.interactions.pauses import moments
from scopchat.interactions.recipients import people_to_give_to, queues_to_give_to
from scopchat.interactions.services import holding, lifecycle
from scopchat.interactions.services.undoing import undo as undo_step
from scopchat.queues.models import Queue

type View = Callable[..., HttpResponseBase]


class Step(Protocol):
    """A service that needs to know no more than which interaction, and who."""

    def __call__(self, *, interaction: Interaction, acting: User, now: Any) -> None: ...


def _view_of(step: Step, done: str = "") -> View:
    """The view of a step; `done` is the notice that offers to undo it."""

    @require_POST
    @requires(Permission.ANSWER, pk=Interaction)
    def view(request: PersonRequest, pk: int) -> HttpResponse:
        interaction = pages.visible(request, pk)

        def act() -> None:
            step(interaction=interaction, acting=request.user, now=utc_now())

        if not done:
            return answer(request, pk, act)
        words = _(done) % {"customer": called(interaction, request.company.country)}
        return undoable(request, interaction, act, done=words)

    return view


acknowledge = _view_of(lifecycle.acknowledge, gettext_noop("%(customer)s: marked as read"))
close = _view_of(lifecycle.close, gettext_noop("Conversation with %(customer)s closed"))
reopen = _view_of(lifecycle.reopen)
resume = _view_of(lifecycle.resume)
take = _view_of(holding.take)
recover = _view_of(holding.recover, gettext_noop("%(customer)s: the conversation is yours now"))
release = _view_of(holding.release, gettext_noop("%(customer)s: released to the members"))


def _where(request: PersonRequest) -> dict[str, bool]:
    """Whether a dialog was opened from a row's menu: what it does is not drawn into the open thread."""
    return {"elsewhere": "yes" in (request.GET.get("elsewhere"), request.POST.get("elsewhere"))}


@requires(Permission.ANSWER, pk=Interaction)
def transfer(request: PersonRequest, pk: int) -> HttpResponse:
    """Whom to give it to, a colleague or a queue, and giving it."""
    interaction = pages.visible(request, pk)
    people = people_to_give_to(request.user, interaction)
    queues = queues_to_give_to(interaction)
    if request.method != "POST":
        context = {
            "interaction": interaction,
            "people": people,
            "queues": queues,
            "person": request.user,
            **_where(request),
        }
        return render(request, "interactions/transfer.html", context)
    form = TransferForm(request.POST, people=people, queues=queues)

    if not form.is_valid():
        # Whom the dialog offered may have been disabled, or given another role, since.
        return shown(request, pk, notice=toast(Conflict().words), status=409)
    recipient, note = form.recipient, form.cleaned_data["note"].strip()
    step: dict[str, Any] = {"interaction": interaction, "acting": request.user, "note": note, "now": utc_now()}

    def act() -> None:
        if isinstance(recipient, Queue):
            holding.give_to_queue(queue=recipient, **step)
        else:
            holding.give(to=recipient, **step)

    name = recipient.name if isinstance(recipient, Queue) else recipient.display_name
    return undoable(request, interaction, act, done=_("Transferred to %(name)s") % {"name": name})


@requires(Permission.ANSWER, pk=Interaction)
def pause(request: PersonRequest, pk: int) -> HttpResponse:
    """Until when, and pausing it."""
    interaction = pages.visible(request, pk)
    now = utc_now()
    form = PauseForm(request.POST or None, now=now)
    if not form.is_valid():
        context = {
            "interaction": interaction,
            "moments": moments(now),
            "form": form,
            "today": timezone.localdate(),
            **_where(request),
        }
        return render(request, "interactions/pause.html", context, status=422 if form.is_bound else 200)
    until = form.cleaned_data["at"]

    def act() -> None:
        lifecycle.pause(interaction=interaction, acting=request.user, until=until, now=now)

    done = _("Paused")
    if until:
        done = _("Paused until %(when)s") % {"when": date_format(timezone.localtime(until), "DATETIME_FORMAT")}
    return undoable(request, interaction, act, done=done)


@requires(Permission.SEE_INTERACTIONS, pk=Interaction)
def menu(request: PersonRequest, pk: int) -> HttpResponse:
    """What the person may do with a conversation of the list."""
    interaction = pages.visible(request, pk)
    context = {"interaction": interaction, "may": abilities(interaction, request.user)}
    return render(request, "interactions/menu.html", context)


@require_POST
@requires(Permission.ANSWER)
def undo(request: PersonRequest) -> HttpResponse:
    """Undoes what the person did a moment ago, by what the notice of it holds."""
    read = read_undo(request, request.POST.get("token", ""))
    if read is None:
        return HttpResponse(toast(_("It is too late to undo this.")), status=409)
    pk, before = read
    interaction: Interaction = get_object_or_404(Interaction.objects.all(), pk=pk)
    changed_at = before.pop("changed_at")

    def act() -> str:
        undo_step(interaction=interaction, acting=request.user, before=before, changed_at=changed_at, now=utc_now())
        return toast(_("Undone"))

    return answer(request, pk, act)
