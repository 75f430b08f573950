"""How sign-in differs from allauth's defaults: accounts are made by administrators, never by visitors."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from scopchat.accounts import attempts, known_browsers, notices, password_reset
from scopchat.accounts.lookup import login_of
from scopchat.accounts.throttle import TooSoon
from scopchat.common.clock import utc_now
from scopchat.tenancy.addresses import outside

if TYPE_CHECKING:
    from scopchat.accounts.models import User

_MISMATCH = _("The username, the e-mail or the password is incorrect.")
SLOWED = "slowed"
"""Code of the error where nothing was compared."""


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody signs up."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            self._attempt = attempts.begin_sign_in(request=request, login=login_of(credentials), now=utc_now())
        except TooSoon as refusal:
            raise ValidationError(str(refusal), code=SLOWED) from None

    def _rollback_login_failed_rl_usage(self) -> None:
        """The password was right."""
        self._attempt.was_right(now=utc_now())

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        try:
            return attempts.confirm(person=cast("User", user), password=password, now=utc_now())
        except TooSoon as refusal:
            raise ValidationError(str(refusal), code=SLOWED) from None

    def is_reauthentication_required(self, *, app: str, **_more: Any) -> bool:  # noqa: ARG002
        """Whether to ask once more who sits there, before the means of signing in change: not who just signed in."""
        known = get_authentication_records(context.request, context.request.user)
        return not any(time.time() - each["at"] < app_settings.REAUTHENTICATION_TIMEOUT for each in known)

    def is_safe_url(self, url: str) -> bool:
        """Only this very site, as the browser has it: `ALLOWED_HOSTS` also names others, such as this machine's own."""
        here = {context.request.get_host()}
        return bool(url_has_allowed_host_and_scheme(url, here, require_https=context.request.is_secure()))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the public address, whatever host the request named."""
        path = outside("account_reset_password_from_key", uidb36="UID", key="KEY")
        return settings.PUBLIC_URL + path.replace("UID-KEY", quote(key))

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:  # noqa: ARG002
        password_reset.send_link(user=cast("User", user), link=context["password_reset_url"])

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, *_context: object, **_more: object
    ) -> None:
        notices.tell(about=template_prefix, user=cast("User", user))

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse | None:
        """Turns away whose password is right and whose account or company is switched off."""
        if not cast("User", user).may_sign_in:
            clear_login(request)
            return self.respond_user_inactive(request, user)
        found: HttpResponse | None = super().pre_login(request, user, **more)
        return found

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse:
        """Strangers' failures do not slow this browser from now on."""
        response: HttpResponse = super().post_login(request, user, **more)
        known_browsers.remember(request, response, cast("User", user))
        return response


def display_name(user: User) -> str:
    """How a person is called on pages and in e-mails."""
    return user.display_name
