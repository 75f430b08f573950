"""Browsers of the cast."""

from __future__ import annotations

from django.test import Client

from scopchat.accounts.models import User

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
"""Headers by which a page asks for a part of itself."""


def signed_in(user: User) -> Client:
    """A browser in which the person has signed in."""
    client = Client()
    client.force_login(user)
    return client
