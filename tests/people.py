"""Browsers of the cast."""

from __future__ import annotations

from django.test import Client

from scopchat.accounts.models import User
from tests.cast import PASSWORD

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
"""Headers by which a page asks for a part of itself."""


def signed_in(user: User) -> Client:
    """A browser in which the person has signed in."""
    client = Client()
    client.force_login(user)
    return client


def entered(login: str, password: str = PASSWORD) -> Client:
    """A browser that went through the sign-in page."""
    client = Client()
    client.post("/account/login/", {"login": login, "password": password})
    return client
