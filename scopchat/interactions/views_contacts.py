"""The contact of a conversation: who it is, their labels, and what colleagues noted about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.phones import is_number
from scopchat.common.refusals import NotAllowed, said_on
from scopchat.contacts import labelling, services
from scopchat.contacts.models import Contact, ContactNote, Label
from scopchat.contacts.services import Particulars, contact_of
from scopchat.interactions import pages
from scopchat.interactions.acting import answer, shown
from scopchat.interactions.customers import customer_context
from scopchat.interactions.forms_contacts import CustomerForm, LabelsForm, NoteForm
from scopchat.interactions.models import Interaction


def _asked(request: PersonRequest, name: str) -> bool:
    return "yes" in (request.GET.get(name), request.POST.get(name))


def _where(request: PersonRequest) -> dict[str, bool]:
    """Whether a dialog was opened from a row's menu, and whether from the contact's own dialog, to which it returns."""
    return {name: _asked(request, name) for name in ("elsewhere", "pane")}


def _pane(request: PersonRequest, interaction: Interaction) -> dict[str, Any]:
    return {
        **customer_context(request, interaction),
        "earlier": pages.earlier_of(request, interaction),
        "request": request,
        "pane": True,
        "elsewhere": _asked(request, "elsewhere"),
    }


def _shown(request: PersonRequest, interaction: Interaction) -> HttpResponse:
    """The open thread as it is now, and the contact's dialog where something was done from there."""
    return shown(request, interaction.pk, notice=_again(request, interaction))


def _again(request: PersonRequest, interaction: Interaction) -> str:
    if not _asked(request, "pane"):
        return ""
    return render_to_string("interactions/contact_again.html", _pane(request, interaction))


def _done(request: PersonRequest, interaction: Interaction, act: Callable[[], object]) -> HttpResponse:
    """Does it, and shows what came of it."""

    def told() -> str:
        act()
        return _again(request, interaction)

    return answer(request, interaction.pk, told)


def _dialog(request: PersonRequest, name: str, interaction: Interaction, form: Any, **more: Any) -> HttpResponse:
    context = {"interaction": interaction, "form": form, **_where(request), **more}
    return render(request, f"interactions/{name}.html", context, status=422 if form.is_bound else 200)


def _known(interaction: Interaction) -> Contact:
    """The contact of the conversation; 404 where it has none."""
    contact = contact_of(interaction.customer)
    if contact is None:
        raise Http404
    return contact


@requires(Permission.USE_CONTACTS, pk=Interaction)
def contact(request: PersonRequest, pk: int) -> HttpResponse:
    """Who it is; for a number that nobody has named yet, naming them."""
    interaction = pages.visible(request, pk)
    form = CustomerForm(request.POST or None)
    if form.is_valid():
        with said_on(form):
            services.add_contact(
                company=request.company,
                phone=interaction.customer,
                particulars=Particulars(**form.cleaned_data),
                acting=request.user,
                now=utc_now(),
            )
            return _shown(request, interaction)
    if form.is_bound or (is_number(interaction.customer) and contact_of(interaction.customer) is None):
        return _dialog(request, "contact_form", interaction, form, contact=None)
    return render(request, "interactions/contact.html", _pane(request, interaction))


@requires(Permission.EDIT_CONTACTS, pk=Interaction)
def edit_contact(request: PersonRequest, pk: int) -> HttpResponse:
    """Changing what is known of the customer."""
    interaction = pages.visible(request, pk)
    known = _known(interaction)
    initial = {name: getattr(known, name) for name in CustomerForm.base_fields}
    form = CustomerForm(request.POST or None, initial=initial)
    if form.is_valid():
        with said_on(form):
            services.change_contact(
                contact=known,
                phone=known.number,
                particulars=Particulars(**form.cleaned_data),
                acting=request.user,
                now=utc_now(),
            )
            return _shown(request, interaction)
    return _dialog(request, "contact_form", interaction, form, contact=known)


@requires(Permission.USE_CONTACTS, pk=Interaction)
def labels(request: PersonRequest, pk: int) -> HttpResponse:
    """Which labels are on the contact; who edits contacts makes a new one in place."""
    interaction = pages.visible(request, pk)
    known = _known(interaction)
    # Nothing chosen is a choice too.
    typed = request.POST if request.method == "POST" else None
    form = LabelsForm(typed, may_make=request.user.may(Permission.EDIT_CONTACTS))
    if form.is_valid():
        with said_on(form):
            chosen = list(form.cleaned_data["labels"])
            if name := form.cleaned_data.get("name"):
                chosen.append(labelling.add_label(company=request.company, name=name, acting=request.user))
            labelling.set_labels(contact=known, labels=chosen, now=utc_now())
            return _shown(request, interaction)
    worn = {*known.labels.values_list("pk", flat=True)}
    context = {"contact": known, "labels": Label.objects.order_by("name"), "worn": worn}
    return _dialog(request, "labels", interaction, form, **context)


@require_POST
@requires(Permission.USE_CONTACTS, pk=Interaction, label_pk=Label)
def take_off_label(request: PersonRequest, pk: int, label_pk: int) -> HttpResponse:
    interaction = pages.visible(request, pk)
    known, label = _known(interaction), get_object_or_404(Label.objects.all(), pk=label_pk)
    return _done(request, interaction, lambda: labelling.take_off(contact=known, label=label, now=utc_now()))


@requires(Permission.USE_CONTACTS, pk=Interaction)
def add_contact_note(request: PersonRequest, pk: int) -> HttpResponse:
    interaction = pages.visible(request, pk)
    known = _known(interaction)
    form = NoteForm(request.POST or None)
    if form.is_valid():
        with said_on(form):
            services.add_note(contact=known, text=form.cleaned_data["text"], acting=request.user, now=utc_now())
            return _shown(request, interaction)
    return _dialog(request, "contact_note", interaction, form, note=None)


@requires(Permission.USE_CONTACTS, pk=Interaction, note_pk=ContactNote)
def edit_contact_note(request: PersonRequest, pk: int, note_pk: int) -> HttpResponse:
    interaction = pages.visible(request, pk)
    note = _note(request, interaction, note_pk)
    form = NoteForm(request.POST or None, initial={"text": note.text})
    if form.is_valid():
        with said_on(form):
            services.change_note(note=note, text=form.cleaned_data["text"], acting=request.user, now=utc_now())
            return _shown(request, interaction)
    return _dialog(request, "contact_note", interaction, form, note=note)


@require_POST
@requires(Permission.USE_CONTACTS, pk=Interaction, note_pk=ContactNote)
def remove_contact_note(request: PersonRequest, pk: int, note_pk: int) -> HttpResponse:
    interaction = pages.visible(request, pk)
    note = _note(request, interaction, note_pk)

    def act() -> None:
        services.remove_note(note=note, acting=request.user, now=utc_now())

    return _done(request, interaction, act)


def _note(request: PersonRequest, interaction: Interaction, pk: int) -> ContactNote:
    """A note of the conversation's contact. Raises `NotAllowed` where somebody else wrote it."""
    note: ContactNote = get_object_or_404(_known(interaction).notes.select_related("contact"), pk=pk)
    if note.author_id != request.user.pk:
        raise NotAllowed
    return note
