"""How sign-in differs from allauth's defaults: accounts are made by administrators, never by visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from scopchat.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody signs up."""
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse | None:
        """Turns away whose password is right and whose account or company is switched off."""
        if not cast("User", user).may_sign_in:
            clear_login(request)
            return self.respond_user_inactive(request, user)
        found: HttpResponse | None = super().pre_login(request, user, **more)
        return found


def display_name(user: User) -> str:
    """How a person is called on pages and in e-mails."""
    return user.display_name
