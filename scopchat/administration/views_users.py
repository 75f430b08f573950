"""The company's people: the list, one of them, adding one, and what is done to their accounts."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from scopchat.accounts import invitations, people
from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Role, may_look_after, roles_to_give
from scopchat.accounts.second_factor import has_any_factor
from scopchat.accounts.services import create_user, everyone_of
from scopchat.administration.forms_users import PASSWORD, NewUserForm, UserFilter, UserForm
from scopchat.administration.people import page_of
from scopchat.common.keyset import SearchCursor
from scopchat.common.refusals import said_after, said_on


def _person(request: PersonRequest, pk: int) -> User:
    """A person of the company looked at; 403 for those who may do more than the reader."""
    person: User = get_object_or_404(everyone_of(request.company), pk=pk)
    if not may_look_after(request.user.role, person.role):
        raise PermissionDenied
    return person


def _roles(request: PersonRequest) -> list[Role]:
    return roles_to_give(request.user.role, request.company.kind)


@requires(Permission.MANAGE_PEOPLE)
def listing(request: PersonRequest) -> HttpResponse:
    form = UserFilter(request.GET, roles=_roles(request))
    form.is_valid()
    narrowed = {name: form.cleaned_data.get(name, "") for name in ("q", "role", "state")}
    after = SearchCursor.asked(request.GET)
    page = page_of(request.company, text=narrowed["q"], role=narrowed["role"], state=narrowed["state"], after=after)
    context = {
        "form": form,
        "rows": [(person, may_look_after(request.user.role, person.role)) for person in page.rows],
        "next_cursor": page.next_cursor,
        "narrowed": any(narrowed.values()),
    }
    part = "#more" if after else "#results" if is_fragment(request) else ""
    return render(request, f"administration/users.html{part}", context)


@requires(Permission.MANAGE_PEOPLE)
def add(request: PersonRequest) -> HttpResponse:
    begun = {"language": request.company.language, "role": Role.AGENT}
    form = NewUserForm(request.POST or None, roles=_roles(request), initial=begun)
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            return _created(request, form)
    status = 422 if form.is_bound else 200
    return render(request, "administration/user_add.html", {"form": form}, status=status)


def _created(request: PersonRequest, form: NewUserForm) -> HttpResponse:
    """Adds the person, who is given a password or invited by e-mail."""
    values = {**form.cleaned_data}
    password = people.new_password() if values.pop("access") == PASSWORD else None
    values["must_change_password"] = password is not None
    person = create_user(company=request.company, acting=request.user, password=password, **values)
    if password is not None:
        return _told(request, person, password)
    invitations.invite(person=person, acting=request.user)
    messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": person.email})
    return redirect("administration:user", person.pk)


def _told(request: PersonRequest, person: User, password: str) -> HttpResponse:
    """The only page that ever shows the password."""
    return render(request, "administration/user_password.html", {"person": person, "password": password})


@requires(Permission.MANAGE_PEOPLE, pk=User)
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    own = person.pk == request.user.pk
    values = {name: getattr(person, name) for name in ("display_name", "email", "role", "language")}
    form = UserForm(request.POST or None, roles=[] if own else _roles(request), initial=values)
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            people.update_user(person=person, acting=request.user, **{"role": Role(person.role), **form.cleaned_data})
            messages.success(request, _("The changes are saved."))
            return redirect("administration:user", pk)
    context = {
        "form": form,
        "person": everyone_of(request.company).get(pk=pk) if form.is_bound else person,
        "own": own,
        "queues": person.queues.filter(closed_at=None).order_by("name", "pk"),
        "has_second_factor": has_any_factor(person),
        "channels": person.channels.filter(is_active=True).order_by("name", "pk"),
    }
    return render(request, "administration/user.html", context, status=422 if form.is_bound else 200)


@requires(Permission.MANAGE_PEOPLE, pk=User)
def menu(request: PersonRequest, pk: int) -> HttpResponse:
    """What can be done with a person of the list."""
    person = _person(request, pk)
    return render(request, "administration/user_menu.html", {"person": person, "own": person.pk == request.user.pk})


def _button(act: Callable[..., object], done: str | Promise) -> Callable[..., HttpResponseBase]:
    """The view of a button on a person's page or in the list: acts, then returns there with the outcome."""

    @require_POST
    @requires(Permission.MANAGE_PEOPLE, pk=User)
    def view(request: PersonRequest, pk: int) -> HttpResponse:
        person = _person(request, pk)
        said_after(request, lambda: act(person=person, acting=request.user), done=done)
        if request.POST.get("in") == "list":
            return redirect("administration:users")
        return redirect("administration:user", pk)

    return view


disable = _button(people.disable_user, gettext_lazy("The account is disabled and signed out everywhere."))
enable = _button(people.enable_user, gettext_lazy("The account is active again."))
close_sessions = _button(people.close_sessions, gettext_lazy("The person is signed out everywhere."))
reset_second_factor = _button(
    people.reset_second_factor,
    gettext_lazy("The second factor is removed. The person is signed out everywhere and has been told by e-mail."),
)


@require_POST
@requires(Permission.MANAGE_PEOPLE, pk=User)
def renew_password(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    if person.pk == request.user.pk:
        raise PermissionDenied
    password = people.new_password()
    people.renew_password(person=person, password=password, acting=request.user)
    return _told(request, person, password)


@require_POST
@requires(Permission.MANAGE_PEOPLE, pk=User)
def invite(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    if not person.is_invited:
        raise PermissionDenied
    done = _("An invitation is on its way to %(email)s.") % {"email": person.email}
    said_after(request, lambda: invitations.invite(person=person, acting=request.user), done=done)
    return redirect("administration:user", pk)
