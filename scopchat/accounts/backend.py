"""Who a session belongs to, with their company in the same statement: every request asks for both."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from scopchat.accounts import queries
from scopchat.accounts.lookup import login_of, person_called
from scopchat.accounts.models import User


class PersonBackend(AuthenticationBackend):
    """Sign-in as allauth does it, for those who may."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:  # noqa: ARG002
        """allauth's own looks for e-mails in lower case only; it is the caller that makes up for the time of a hash."""
        password = credentials.get("password") or ""
        found: AbstractBaseUser | None = self._check_password(person_called(login_of(credentials)), password)
        return found

    def user_can_authenticate(self, user: AbstractBaseUser | AnonymousUser | None) -> bool:
        """Asked at sign-in and at every request: who may not any more is nobody at once."""
        return isinstance(user, User) and user.may_sign_in

    def get_user(self, user_id: int) -> User | None:
        """The person, unless they may not sign in any more."""
        person = queries.person(user_id)
        return person if person and self.user_can_authenticate(person) else None
