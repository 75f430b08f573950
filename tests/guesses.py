"""Attempts to sign in, and time that passes between them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from scopchat.accounts import attempts
from scopchat.accounts.models import Attempts, Failures

SLOWED = "Trop de tentatives. Réessayez dans"
WRONG = "wrong-password"


def attempt(login: str, password: str = WRONG, *, browser: Client | None = None, **headers: str) -> str:
    """The page, or where it leads, after an attempt."""
    answer = (browser or Client()).post("/account/login/", {"login": login, "password": password}, headers=headers)
    page = re.sub(r'value="[^"]*"', "", answer.content.decode())
    assert answer.status_code == (302 if "Location" in answer else 429 if SLOWED in page else 200)
    return answer["Location"] if answer.status_code == 302 else page


def patiently(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait ends, and nothing is forgotten, by the time that a test takes itself."""
    for name in ("STRANGER", "ADDRESS", "OWN", "LINKS"):
        monkeypatch.setattr(attempts, name, replace(getattr(attempts, name), first=60, most=60, decay=1e9))


def later(by: timedelta) -> None:
    """As if all attempts had been made that much earlier."""
    Attempts.objects.update(next_at=F("next_at") - by, last_at=F("last_at") - by)
    Failures.objects.update(since=F("since") - by)
