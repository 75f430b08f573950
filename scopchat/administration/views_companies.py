"""Companies below: the tree, one company, a new one, and switching one off or putting it away."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.administration import usage
from scopchat.administration.companies import page_of
from scopchat.administration.forms_companies import CompanyFilter, CompanyForm, LimitsForm, NewCompanyForm
from scopchat.common.clock import utc_now
from scopchat.tenancy import services, tree
from scopchat.tenancy.kinds import ALLOWED_CHILDREN, Kind
from scopchat.tenancy.limits import LimitReached, LimitRefused
from scopchat.tenancy.models import Company, State


def _visible(request: PersonRequest, pk: int) -> Company:
    """A company of the person's own branch."""
    found: Company = get_object_or_404(tree.branch(request.user.company), pk=pk)
    return found


def _below(request: PersonRequest, pk: int) -> Company:
    """A company below the person's own, which alone can be switched off: nobody saws at their own branch."""
    company = _visible(request, pk)
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
    page = page_of(request.company, text=text, state=state, after=after)
    bars = usage.of_branch(request.company, now=utc_now())
    context = {
        "form": form,
        "rows": [(row, bars.get(row.company.pk, [])) for row in page.rows],
        "titles": usage.LISTED,
        "next_path": page.next_path,
        "narrowed": bool(text or state),
        "may_add": _may_have_children(request.company),
    }
    part = "#more" if after else "#results" if is_fragment(request) else ""
    return render(request, f"administration/companies.html{part}", context)


@requires(Permission.MANAGE_COMPANIES, pk=Company)
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    company = _visible(request, pk)
    below = company.pk != request.user.company_id
    archived = company.state == State.ARCHIVED
    context = {
        "company": company,
        "above": tree.above(company).filter(path__startswith=request.user.company.path).order_by("path"),
        "children": tree.branch(company).filter(depth=company.depth + 1).order_by("path"),
        "may_add": _may_have_children(company),
        "may_enter": company.is_active and company.pk != request.company.pk,
        "bars": [] if archived else usage.of_company(company, now=utc_now()),
        "may_limit": below and not archived,
        "may_switch": below and not archived,
        "may_archive": below and not archived,
        "may_restore": below and archived,
        "obstacles": services.obstacles_to_archiving(company) if below and not archived else [],
    }
    return render(request, "administration/company.html", context)


@requires(Permission.MANAGE_COMPANIES, pk=Company)
def limits(request: PersonRequest, pk: int) -> HttpResponse:
    """What the company may have: for those above it to decide, never for itself."""
    company = _below(request, pk)
    if company.state == State.ARCHIVED:
        raise PermissionDenied
    form = LimitsForm(request.POST or None, company=company)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_allowance(
                company=company,
                maxima=form.maxima,
                mass_sends=form.cleaned_data["mass_sends"],
                acting=request.user,
            )
        except LimitRefused as refusal:
            form.add_error(refusal.resource.value, str(refusal))
        except services.NotPossible:
            form.add_error("mass_sends", _("The company above may not send to many."))
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("administration:company", pk)
    context = {"form": form, "company": company}
    return render(request, "administration/limits.html", context, status=422 if form.is_bound else 200)


@requires(Permission.MANAGE_COMPANIES, pk=Company)
def add(request: PersonRequest, pk: int) -> HttpResponse:
    parent = _visible(request, pk)
    if not _may_have_children(parent):
        raise PermissionDenied
    form = NewCompanyForm(request.POST or None, company=parent)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_company(parent=parent, acting=request.user, **form.cleaned_data)
        except services.NotPossible:
            form.add_error(None, _("The company above was deactivated meanwhile."))
        else:
            messages.success(request, _("The company was added."))
            return redirect("administration:company", made.pk)
    return _form(request, form, company=None, parent=parent)


@requires(Permission.MANAGE_COMPANIES, pk=Company)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    company = _visible(request, pk)
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
@requires(Permission.MANAGE_COMPANIES, pk=Company)
def second_factor(request: PersonRequest, pk: int) -> HttpResponse:
    """Also for the person's own company: what they ask of others they may ask of themselves."""
    asked = request.POST.get("asked") == "yes"
    services.ask_second_factor(company=_visible(request, pk), asked=asked, acting=request.user)
    words = _("A second factor is required from now on.") if asked else _("The changes are saved.")
    messages.success(request, words)
    return redirect("administration:company", pk)


@require_POST
@requires(Permission.MANAGE_COMPANIES, pk=Company)
def deactivate(request: PersonRequest, pk: int) -> HttpResponse:
    company = _below(request, pk)
    try:
        services.deactivate_company(company=company, acting=request.user, now=utc_now())
    except services.NotPossible:
        return _changed_meanwhile(request, pk)
    messages.success(request, _("The company is deactivated, with all below it. Its people have been signed out."))
    return redirect("administration:company", pk)


@require_POST
@requires(Permission.MANAGE_COMPANIES, pk=Company)
def reactivate(request: PersonRequest, pk: int) -> HttpResponse:
    company = _below(request, pk)
    try:
        services.reactivate_company(company=company, acting=request.user)
    except services.NotPossible:
        return _changed_meanwhile(request, pk)
    messages.success(request, _("The company is active again."))
    return redirect("administration:company", pk)


@require_POST
@requires(Permission.MANAGE_COMPANIES, pk=Company)
def archive(request: PersonRequest, pk: int) -> HttpResponse:
    company = _below(request, pk)
    try:
        services.archive_company(company=company, acting=request.user, now=utc_now())
    except services.CannotArchive as refusal:
        words = ", ".join(obstacle.words for obstacle in refusal.obstacles)
        messages.error(request, _("The company cannot be archived yet: %(obstacles)s.") % {"obstacles": words})
    except services.NotPossible:
        return _changed_meanwhile(request, pk)
    else:
        messages.success(request, _("The company is archived. It can be restored at any time."))
    return redirect("administration:company", pk)


@require_POST
@requires(Permission.MANAGE_COMPANIES, pk=Company)
def restore(request: PersonRequest, pk: int) -> HttpResponse:
    """Brings the company back, and lists what could not come back with it."""
    company = _below(request, pk)
    try:
        skipped = services.restore_company(company=company, acting=request.user, now=utc_now())
    except LimitReached as refusal:
        messages.error(request, str(refusal))
        return redirect("administration:company", pk)
    except services.NotPossible:
        messages.error(request, _("The company above is archived: restore it first."))
        return redirect("administration:company", pk)
    messages.success(request, _("The company is restored."))
    for each in skipped:
        messages.warning(request, _("Not brought back: %(name)s. %(why)s") % {"name": each.name, "why": each.why})
    return redirect("administration:company", pk)


def _changed_meanwhile(request: PersonRequest, pk: int) -> HttpResponse:
    messages.error(request, _("This has changed meanwhile. The page now shows how it stands."))
    return redirect("administration:company", pk)
