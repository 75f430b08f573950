"""People who could not come back with their company, as their username or e-mail was taken meanwhile."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.company_lifecycle import bring_back, left_out
from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, may_look_after
from scopchat.administration.forms_users import ReturningForm
from scopchat.administration.views_companies import visible_company
from scopchat.common.refusals import said_on
from scopchat.tenancy.models import Company


@requires(Permission.SEE_COMPANY, Permission.MANAGE_PEOPLE, pk=Company, person_pk=User)
def returning(request: PersonRequest, pk: int, person_pk: int) -> HttpResponse:
    """Under which names the person comes back."""
    company = visible_company(request, pk)
    person: User = get_object_or_404(left_out(company), pk=person_pk)
    if not may_look_after(request.user.role, person.role):
        raise PermissionDenied
    form = ReturningForm(request.POST or None, initial={"username": person.username, "email": person.email})
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            bring_back(person=person, acting=request.user, **form.cleaned_data)
            messages.success(request, _("%(name)s is back.") % {"name": person.display_name})
            return redirect("administration:company", pk)
    context = {"form": form, "company": company, "person": person}
    return render(request, "administration/returning.html", context, status=422 if form.is_bound else 200)
