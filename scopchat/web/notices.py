"""Notices that wait for the next page, each in its company's cookie: a tab in another company does not show them."""

from __future__ import annotations

from typing import Any

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest

from scopchat.tenancy.addresses import place_of


class NoticeStorage(FallbackStorage):
    """Django's: a cookie, and the session for what is too long. Pages of no company have one of their own."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        company_id = place_of(request.path).company_id
        for storage in self.storages if company_id else ():
            if isinstance(storage, CookieStorage):
                storage.cookie_name = f"messages_{company_id}"
            elif isinstance(storage, SessionStorage):
                storage.session_key = f"_messages_{company_id}"
