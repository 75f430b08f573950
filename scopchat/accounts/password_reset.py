"""A new password by a link in an e-mail: to whom it goes, and what it ends."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from scopchat.accounts import attempts
from scopchat.accounts.lookup import person_called
from scopchat.accounts.models import User
from scopchat.accounts.services import end_sessions
from scopchat.accounts.throttle import TooSoon
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.common.clock import utc_now
from scopchat.common.mail import queue_mail


class ResetForm(ResetPasswordForm):
    """allauth's own looks for addresses in lower case only, and writes to people who may not sign in."""

    def clean_email(self) -> str:
        try:
            attempts.begin_link(request=context.request, now=utc_now())
        except TooSoon as refusal:
            raise ValidationError(str(refusal)) from None
        email = str(self.cleaned_data["email"])
        person = person_called(email)
        known = person is not None and person.email.lower() == email.lower() and person.may_sign_in
        self.users = [person] if known else []
        return email


@transaction.atomic
def send_link(*, user: User, link: str) -> None:
    """Queues the e-mail with the link, in the person's language."""
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    values = {"person": user, "link": link, "hours": hours}
    queue_mail(to=user.email, language=user.language, template="accounts/mail/password_reset", context=values)
    record(verb=Verb.PASSWORD_RESET_ASKED, company=user.company, acting=None, about=user)


@transaction.atomic
def on_reset(user: User, **_more: Any) -> None:
    """Whoever knew the old password is signed out, and strangers' failures slow the account no more."""
    end_sessions([user.pk])
    attempts.forgive(user)
    record(verb=Verb.PASSWORD_RESET, company=user.company, acting=user, about=user)
