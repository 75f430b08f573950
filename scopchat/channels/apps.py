from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "scopchat.channels"

    def ready(self) -> None:
        from scopchat.channels.archiving import Channels
        from scopchat.tenancy.participants import register

        register(Channels())
