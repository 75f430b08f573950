"""Who a session belongs to, with their company in the same statement: every request asks for both."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from scopchat.accounts import queries
from scopchat.accounts.models import User


class PersonBackend(AuthenticationBackend):
    """Sign-in as allauth does it."""

    def get_user(self, user_id: int) -> User | None:
        """The person, unless their account is disabled."""
        person = queries.person(user_id)
        return person if person and self.user_can_authenticate(person) else None
