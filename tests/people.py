"""Browsers of the cast."""

from __future__ import annotations

from itertools import count

from django.test import Client

from scopchat.accounts.models import User
from tests.cast import PASSWORD

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
"""Headers by which a page asks for a part of itself."""

_ADDRESSES = count(1)


def signed_in(user: User) -> Client:
    """A browser in which the person has signed in."""
    client = Client()
    client.force_login(user)
    return client


def entered(login: str, password: str = PASSWORD) -> Client:
    """A browser that went through the sign-in page, from an address of its own: each has so many attempts a minute."""
    number = next(_ADDRESSES)
    client = Client(REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
    client.post("/account/login/", {"login": login, "password": password})
    return client
