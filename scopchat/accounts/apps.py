from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "scopchat.accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        user_logged_in.connect(_signed_in)
        user_logged_out.connect(_signed_out)


def _signed_in(user: Any, **_more: Any) -> None:
    from scopchat.accounts.models import Presence
    from scopchat.accounts.services import set_presence

    set_presence(user=user, presence=Presence.ONLINE)


def _signed_out(user: Any, **_more: Any) -> None:
    from scopchat.accounts.models import Presence
    from scopchat.accounts.services import set_presence

    if user is not None:
        set_presence(user=user, presence=Presence.OFFLINE)
