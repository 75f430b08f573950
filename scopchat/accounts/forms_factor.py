"""Codes of the second factor, which may not be guessed faster than passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.core.exceptions import ValidationError

from scopchat.accounts import attempts
from scopchat.accounts.throttle import TooSoon
from scopchat.common.clock import utc_now

if TYPE_CHECKING:
    _Base = AuthenticateForm
else:
    _Base = forms.Form


class _Slowed(_Base):
    """allauth's own limit counts for the account alone, so that one browser's failures would shut out the others."""

    def clean_code(self) -> str:
        try:
            attempt = attempts.begin_code(request=context.request, person=self.user, now=utc_now())
        except TooSoon as refusal:
            raise ValidationError(str(refusal)) from None
        code: str = super().clean_code()
        attempt.was_right(now=utc_now())
        return code


class CodeForm(_Slowed, AuthenticateForm):
    """After the password."""


class CodeAgainForm(_Slowed, ReauthenticateForm):
    """Before the means of signing in change."""
