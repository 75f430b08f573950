"""The page of opt-outs: who left, adding and removing by hand, and how each came about."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.keyset import Cursor, page_of
from scopchat.common.phones import display
from scopchat.common.refusals import Refusal, said_on
from scopchat.contacts.undoing import notice, undone
from scopchat.exports import services as exports
from scopchat.exports.kinds import KINDS
from scopchat.optouts.by_hand import add_opt_out, bring_back_opt_out, remove_opt_out
from scopchat.optouts.export import OptOuts
from scopchat.optouts.forms import OptOutFilter, OptOutForm, ProofForm
from scopchat.optouts.lines import history_of, lines_of
from scopchat.optouts.models import OptOut, OptOutChange
from scopchat.optouts.querysets import OptOutQuerySet

PAGE = 50
BRING_BACK = "optouts:bring_back"


@requires(Permission.MASS_SEND)
def listing(request: PersonRequest) -> HttpResponse:
    """Who left the mass sends of which channel, the latest first."""
    form = OptOutFilter(request.GET)
    found = _asked(request, form)
    after = Cursor.asked(request.GET)
    page = page_of(found.select_related("channel"), after, by="since", size=PAGE)
    context = {
        "lines": lines_of(page.rows),
        "next_cursor": page.next_cursor,
        "form": form,
        "is_narrowed": any(form.cleaned_data.values()),
        "count": None if after else found.count(),
        "is_fragment": is_fragment(request),
    }
    part = "#more" if after else "#results" if is_fragment(request) else ""
    return render(request, f"optouts/list.html{part}", context)


@require_POST
@requires(Permission.MASS_SEND)
def export(request: PersonRequest) -> HttpResponse:
    """Asks for a file of what the filter finds, and leads to the page where it appears."""
    form = OptOutFilter(request.POST)
    if not form.is_valid():
        raise Refusal(_("Something in the filter no longer exists. Choose it again, then export."))
    exports.ask(
        kind=KINDS[OptOuts.name],
        company=request.company,
        acting=request.user,
        asked=form.narrows,
        words=form.words,
        now=utc_now(),
    )
    address = reverse("exports:list")
    return HttpResponse(headers={"HX-Redirect": address}) if is_fragment(request) else redirect(address)


@requires(Permission.MASS_SEND)
def add(request: PersonRequest) -> HttpResponse:
    """Entering one by hand; who had left already is told of."""
    form = OptOutForm(request.POST or None, company=request.company)
    if form.is_valid():
        with said_on(form):
            is_new = add_opt_out(**form.cleaned_data, acting=request.user, now=utc_now())
            if is_new:
                messages.success(request, _("The number will get no more mass sends of this channel."))
            else:
                messages.info(request, _("The number had already left the mass sends of this channel."))
            return redirect("optouts:list")
    return render(request, "optouts/form.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Permission.MASS_SEND, pk=OptOut)
def history(request: PersonRequest, pk: int) -> HttpResponse:
    """Who or what made the number leave and come back, and when."""
    opt_out = _opt_out(pk)
    return render(request, "optouts/history.html", {"opt_out": opt_out, "changes": history_of(opt_out)})


@requires(Permission.MASS_SEND, pk=OptOut)
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Ends it; asks for the proof first where the customer left by their own word."""
    opt_out = _opt_out(pk)
    if not opt_out.needs_proof:
        return _remove(request, opt_out) if request.method == "POST" else redirect("optouts:list")
    form = ProofForm(request.POST or None)
    if form.is_valid():
        with said_on(form):
            remove_opt_out(opt_out=opt_out, proof=form.cleaned_data["proof"], acting=request.user, now=utc_now())
            messages.success(request, _removed(request, opt_out))
            return HttpResponse(headers={"HX-Redirect": reverse("optouts:list")})
    context = {"opt_out": opt_out, "form": form}
    return render(request, "optouts/remove.html", context, status=422 if form.is_bound else 200)


def _asked(request: PersonRequest, form: OptOutFilter) -> OptOutQuerySet:
    """What the filter leaves; nonsense in it leaves all."""
    form.is_valid()
    return OptOut.objects.asked(**form.cleaned_data, country=request.company.country)


def _remove(request: PersonRequest, opt_out: OptOut) -> HttpResponse:
    """Takes the line away, with a notice that offers to undo it."""
    removal = remove_opt_out(opt_out=opt_out, proof="", acting=request.user, now=utc_now())
    words = _removed(request, opt_out)
    if removal is None or not is_fragment(request):
        messages.success(request, words)
        return redirect("optouts:list")
    # The address of the page that asked says what it shows.
    _page, _mark, query = request.headers.get("HX-Current-URL", "").partition("?")
    count = _asked(request, OptOutFilter(QueryDict(query))).count()
    also = render_to_string("optouts/count.html", {"count": count, "apart": True})
    return notice(request, words, removal.pk, address=BRING_BACK, also=also)


@require_POST
@requires(Permission.MASS_SEND)
def bring_back(request: PersonRequest) -> HttpResponse:
    """Undoes what the person removed a moment ago, by what the notice of it holds."""
    (pk,) = undone(request, BRING_BACK)
    removal = get_object_or_404(OptOutChange.objects.select_related("channel__company"), pk=pk)
    bring_back_opt_out(removal=removal, acting=request.user, now=utc_now())
    messages.success(request, _("The opt-out is back."))
    return HttpResponse(headers={"HX-Refresh": "true"})


def _removed(request: PersonRequest, opt_out: OptOut) -> str:
    number = display(opt_out.number, request.company.country)
    return _("%(number)s gets the mass sends of the channel again.") % {"number": number}


def _opt_out(pk: int) -> OptOut:
    found: OptOut = get_object_or_404(OptOut.objects.select_related("channel__company"), pk=pk)
    return found
