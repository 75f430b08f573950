"""How sign-in differs from allauth's defaults: accounts are made by administrators, never by visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

if TYPE_CHECKING:
    from scopchat.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody signs up."""
        return False


def display_name(user: User) -> str:
    """How a person is called on pages and in e-mails."""
    return user.display_name
