"""Single sign-on by OpenID Connect: it opens accounts that exist, found by verified e-mail, and makes none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.lookup import person_called
from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin


class NotReached(Exception):
    """The issuer does not answer, or not as one."""


def ask_issuer(request: HttpRequest) -> HttpResponse:
    """Leads the browser to the issuer, to come back signed in. Raises `NotReached`."""
    provider = get_adapter().get_provider(request, settings.OIDC_ID)
    try:
        found: HttpResponse = provider.redirect(request, process="login", next_url=get_next_redirect_url(request))
    except (OSError, ValueError, KeyError) as error:
        raise NotReached from error
    return found


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Links an identity that comes for the first time to the person whose address it has shown to be its own."""
        if sociallogin.is_existing:
            return
        person = _person_of(sociallogin)
        if person is None:
            _refuse(request, _("No account here has the verified e-mail that you come with."))
        with transaction.atomic():
            sociallogin.connect(request, person)
            record(verb=Verb.IDENTITY_LINKED, company=person.company, acting=person, about=person)

    def on_authentication_error(self, request: HttpRequest, *_what: object, **_more: object) -> None:
        _refuse(request, _("Single sign-on did not work. Try again, or sign in another way."))


def _person_of(sociallogin: SocialLogin) -> User | None:
    # Not merely true: some issuers send the word "false".
    verified = next((each.email for each in sociallogin.email_addresses if each.verified is True), "")
    person = person_called(verified)
    return person if person and person.email.lower() == verified.lower() and person.may_sign_in else None


def _refuse(request: HttpRequest, words: str | Promise) -> Never:
    messages.error(request, str(words))
    raise ImmediateHttpResponse(redirect("account_login"))
