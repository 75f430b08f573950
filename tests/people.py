"""Browsers of the cast."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponse
from django.test import Client

from scopchat.accounts.models import User
from scopchat.tenancy.addresses import is_companys, place_of, placed
from scopchat.tenancy.models import Company
from tests.cast import PASSWORD

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
"""Headers by which a page asks for a part of itself."""


class Browser(Client):
    """One that looks at a company: tests name its pages without it. At first it is the person's own."""

    company_id: int | None = None

    def force_login(self, user: User, backend: str | None = None) -> None:
        super().force_login(user, backend)
        self.company_id = user.company_id

    def _own(self) -> int | None:
        """The company of whoever went through the sign-in page."""
        person = self.session.get(SESSION_KEY) if settings.SESSION_COOKIE_NAME in self.cookies else None
        return User.objects.values_list("company_id", flat=True).get(pk=person) if person else None

    def look_at(self, company: Company) -> HttpResponse:
        """Follows the switcher's link to the company."""
        self.company_id = company.pk
        return self.get("/")

    def generic(self, method: str, path: str, *args: Any, **kwargs: Any) -> HttpResponse:
        bare = str(path).partition("?")[0]
        if place_of(bare).company_id is None and is_companys(bare):
            self.company_id = self.company_id or self._own()
            path = placed(str(path), self.company_id)
        return super().generic(method, path, *args, **kwargs)


def signed_in(user: User) -> Browser:
    """A browser in which the person has signed in."""
    browser = Browser()
    browser.force_login(user)
    return browser


def entered(login: str, password: str = PASSWORD) -> Browser:
    """A browser that went through the sign-in page."""
    browser = Browser()
    browser.post("/account/login/", {"login": login, "password": password})
    return browser
