"""The companies below: the tree, one of them, adding one, deactivating and archiving."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.company_lifecycle import left_out
from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.accounts.second_factor import without_second_factor
from scopchat.administration.companies import RESOURCES, page_of
from scopchat.administration.forms_companies import CompanyFilter, CompanyForm, LimitsForm, NewCompanyForm
from scopchat.common.clock import utc_now
from scopchat.common.refusals import said_after, said_on
from scopchat.tenancy import services, tree, usage
from scopchat.tenancy.kinds import ALLOWED_CHILDREN, Kind
from scopchat.tenancy.models import Company, State


def visible_company(request: PersonRequest, pk: int) -> Company:
    """A company of the person's own branch, or only their own where they manage none below it."""
    own = request.user.company
    manages_others = request.user.reach(Permission.SEE_COMPANY) == Reach.SUBTREE
    companies = tree.branch(own) if manages_others else Company.objects.filter(pk=own.pk)
    found: Company = get_object_or_404(companies, pk=pk)
    return found


def _below(request: PersonRequest, pk: int) -> Company:
    """A company below the person's own. Only those can be deactivated: nobody saws off the branch they sit on."""
    company = visible_company(request, pk)
    if company.pk == request.user.company_id:
        raise PermissionDenied
    return company


def _may_have_children(company: Company) -> bool:
    return bool(ALLOWED_CHILDREN[Kind(company.kind)]) and company.is_active


@requires(Permission.MANAGE_COMPANIES)
def listing(request: PersonRequest) -> HttpResponse:
    form = CompanyFilter(request.GET)
    form.is_valid()
    text, state = form.cleaned_data.get("q", ""), form.cleaned_data.get("state", "")
    after = request.GET.get("after", "")
    if after and not after.isalnum():
        raise Http404
    page = page_of(request.company, text=text, state=state, after=after)
    bars = usage.of_branch(request.company, now=utc_now(), resources=RESOURCES)
    context = {
        "form": form,
        "rows": [(row, bars.get(row.company.pk, [])) for row in page.rows],
        "titles": RESOURCES,
        "next_path": page.next_path,
        "narrowed": bool(text or state),
        "may_add": _may_have_children(request.company),
    }
    part = "#more" if after else "#results" if is_fragment(request) else ""
    return render(request, f"administration/companies.html{part}", context)


@requires(Permission.SEE_COMPANY)
def own(request: PersonRequest) -> HttpResponse:
    """The company looked at: the menu leads here for people with no companies below."""
    return redirect("administration:company", request.company.pk)


@requires(Permission.SEE_COMPANY, pk=Company)
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    """One company. Its own administrators see what only those above may change, without the buttons."""
    company = visible_company(request, pk)
    manages = request.user.may(Permission.MANAGE_COMPANIES)
    below = manages and company.pk != request.user.company_id
    archived = company.state == State.ARCHIVED
    context = {
        "company": company,
        "manages": manages,
        "above": tree.above(company).filter(path__startswith=request.user.company.path).order_by("path"),
        "children": tree.branch(company).filter(depth=company.depth + 1).order_by("path"),
        "may_add": manages and _may_have_children(company),
        "may_enter": company.is_active and company.pk != request.company.pk,
        "bars": [] if archived else usage.of_company(company, now=utc_now()),
        "may_change": below and not archived,
        "may_restore": below and archived,
        "left_out": left_out(company),
        "without_factor": without_second_factor(company),
        "obstacles": services.obstacles_to_archiving(company) if below and not archived else [],
    }
    return render(request, "administration/company.html", context)


@requires(Permission.MANAGE_COMPANIES, pk=Company)
def limits(request: PersonRequest, pk: int) -> HttpResponse:
    """The company's limits, set by those above it and never by itself."""
    company = _below(request, pk)
    if company.state == State.ARCHIVED:
        raise PermissionDenied
    form = LimitsForm(request.POST or None, company=company)
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            mass_sends = form.cleaned_data["mass_sends"]
            services.set_allowance(company=company, maxima=form.maxima, mass_sends=mass_sends, acting=request.user)
            messages.success(request, _("The changes are saved."))
            return redirect("administration:company", pk)
    context = {"form": form, "company": company}
    return render(request, "administration/limits.html", context, status=422 if form.is_bound else 200)


@requires(Permission.MANAGE_COMPANIES, pk=Company)
def add(request: PersonRequest, pk: int) -> HttpResponse:
    parent = visible_company(request, pk)
    if not _may_have_children(parent):
        raise PermissionDenied
    form = NewCompanyForm(request.POST or None, company=parent)
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            made = services.create_company(parent=parent, acting=request.user, **form.cleaned_data)
            messages.success(request, _("The company was added."))
            return redirect("administration:company", made.pk)
    return _form(request, form, company=None, parent=parent)


@requires(Permission.MANAGE_COMPANIES, pk=Company)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    company = visible_company(request, pk)
    form = CompanyForm(request.POST or None, company=company, name=company.name)
    if request.method == "POST" and form.is_valid():
        services.update_company(company=company, acting=request.user, **form.cleaned_data)
        messages.success(request, _("The changes are saved."))
        return redirect("administration:company", pk)
    return _form(request, form, company=company, parent=None)


def _form(
    request: PersonRequest, form: CompanyForm, *, company: Company | None, parent: Company | None
) -> HttpResponse:
    context = {"form": form, "company": company, "parent": parent}
    return render(request, "administration/company_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.SEE_COMPANY, pk=Company)
def second_factor(request: PersonRequest, pk: int) -> HttpResponse:
    """Also for the person's own company: what they ask of others they may ask of themselves."""
    company, asked = visible_company(request, pk), request.POST.get("asked") == "yes"
    done = _("From their next sign-in on, everybody needs a second factor.") if asked else _("The changes are saved.")
    said_after(
        request,
        lambda: services.ask_second_factor(company=company, asked=asked, acting=request.user, now=utc_now()),
        done=done,
    )
    return redirect("administration:company", pk)


def _switch(act: Callable[[Company, User], object], done: str | Promise) -> Callable[..., HttpResponseBase]:
    """The view of a button that stops a company below or starts it again."""

    @require_POST
    @requires(Permission.MANAGE_COMPANIES, pk=Company)
    def view(request: PersonRequest, pk: int) -> HttpResponse:
        company = _below(request, pk)
        said_after(request, lambda: act(company, request.user), done=done)
        return redirect("administration:company", pk)

    return view


deactivate = _switch(
    lambda company, acting: services.deactivate_company(company=company, acting=acting, now=utc_now()),
    gettext_lazy("The company is deactivated, with all below it. Its people have been signed out."),
)
reactivate = _switch(
    lambda company, acting: services.reactivate_company(company=company, acting=acting),
    gettext_lazy("The company is active again."),
)
archive = _switch(
    lambda company, acting: services.archive_company(company=company, acting=acting, now=utc_now()),
    gettext_lazy("The company is archived. It can be restored at any time."),
)


@require_POST
@requires(Permission.MANAGE_COMPANIES, pk=Company)
def restore(request: PersonRequest, pk: int) -> HttpResponse:
    """Brings the company back, and says what could not come back with it."""
    company = _below(request, pk)

    def act() -> None:
        for each in services.restore_company(company=company, acting=request.user, now=utc_now()):
            messages.warning(request, _("Not brought back: %(name)s. %(why)s") % {"name": each.name, "why": each.why})

    said_after(request, act, done=_("The company is restored."))
    return redirect("administration:company", pk)
