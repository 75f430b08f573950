"""My account: one's own name, e-mail, password and preferences."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from scopchat.accounts import own
from scopchat.accounts.access import PersonRequest, public, requires
from scopchat.accounts.forms_account import AccountForm, EmailForm
from scopchat.accounts.forms_password import OwnPasswordForm
from scopchat.accounts.models import Theme, User
from scopchat.accounts.names import EmailTaken
from scopchat.accounts.views_password import keep_session
from scopchat.common.redirects import back


def _page(
    request: PersonRequest,
    *,
    about: AccountForm | None = None,
    email: EmailForm | None = None,
    password: OwnPasswordForm | None = None,
) -> HttpResponse:
    """The whole page; the form that was refused shows what was typed and why."""
    person = request.user
    context = {
        "about": about or AccountForm(person=person),
        "email": email or EmailForm(person=person),
        "password": password or OwnPasswordForm(person=person),
    }
    refused = any(form is not None for form in (about, email, password))
    return render(request, "accounts/account.html", context, status=422 if refused else 200)


@requires()
def account(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = AccountForm(request.POST, person=request.user)
    if not form.is_valid():
        return _page(request, about=form)
    own.update_own(person=request.user, **form.cleaned_data)
    with translation.override(request.user.language):
        messages.success(request, _("The changes are saved."))
    return redirect("accounts:account")


@require_POST
@sensitive_post_parameters()
@requires()
def email(request: PersonRequest) -> HttpResponse:
    form = EmailForm(request.POST, person=request.user)
    if not form.is_valid():
        return _page(request, email=form)
    address = form.cleaned_data["email"]
    own.ask_email(person=request.user, email=address)
    words = _("A link is on its way to %(email)s. Your address changes once you have followed it.")
    messages.success(request, words % {"email": address})
    return redirect("accounts:account")


@require_POST
@sensitive_post_parameters()
@requires()
def password(request: PersonRequest) -> HttpResponse:
    form = OwnPasswordForm(request.POST, person=request.user)
    if not form.is_valid():
        return _page(request, password=form)
    own.choose_password(person=request.user, password=form.cleaned_data["password"])
    messages.success(request, _("Your password is changed. You are signed out on your other devices."))
    return keep_session(request, redirect("accounts:account"))


@public(token=User)
@never_cache
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in the e-mail; a button confirms, since mail programs open links by themselves."""
    asked = own.asked_email(token)
    if asked is None:
        return render(request, "accounts/email_over.html", status=404)
    person, address = asked
    context = {"person": person, "email": address, "done": False, "taken": False}
    with translation.override(person.language):
        if request.method == "POST":
            try:
                own.change_email(person=person, email=address)
                context["done"] = True
            except EmailTaken:
                context["taken"] = True
        return render(request, "accounts/email.html", context, status=409 if context["taken"] else 200)


@require_POST
@requires()
def preferences(request: PersonRequest) -> HttpResponse:
    theme, language = request.POST.get("theme"), request.POST.get("language")
    own.set_preferences(
        user=request.user,
        theme=Theme(theme) if theme in Theme.values else None,
        language=language if language in dict(settings.LANGUAGES) else None,
    )
    return back(request)
