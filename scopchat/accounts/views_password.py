"""Choosing a password: the first time, and by an invitation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from scopchat.accounts import invitations, known_browsers
from scopchat.accounts.access import PersonRequest, public, requires
from scopchat.accounts.forms_password import PasswordForm
from scopchat.accounts.models import User
from scopchat.accounts.own import choose_password
from scopchat.accounts.own_sessions import note_session


def keep_session(request: PersonRequest, response: HttpResponse) -> HttpResponse:
    """Keeps this session after a change of password, which ends all others."""
    update_session_auth_hash(request, request.user)
    note_session(request, request.user)
    known_browsers.remember(request, response, request.user)
    return response


@sensitive_post_parameters()
@requires()
def first_password(request: PersonRequest) -> HttpResponse:
    """Whoever was given a password chooses their own before anything else."""
    if not request.user.must_change_password:
        return redirect("web:home")
    form = PasswordForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        choose_password(person=request.user, password=form.cleaned_data["password"])
        return keep_session(request, redirect("web:home"))
    return render(request, "accounts/first_password.html", {"form": form}, status=422 if form.is_bound else 200)


@public(token=User)
@never_cache
@sensitive_post_parameters()
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link: one chooses the password here, then signs in as usual."""
    person = invitations.invited(token)
    if person is None:
        return render(request, "accounts/invitation_over.html", status=404)
    with translation.override(person.language):
        form = PasswordForm(request.POST or None, person=person)
        if request.method == "POST" and form.is_valid():
            if invitations.accept(token=token, password=form.cleaned_data["password"]) is None:
                return render(request, "accounts/invitation_over.html", status=404)
            words = _("Your password is set. Sign in with it: your username is %(username)s.")
            messages.success(request, words % {"username": person.username})
            return redirect("account_login")
        context = {"form": form, "person": person}
        return render(request, "accounts/invitation.html", context, status=422 if form.is_bound else 200)
