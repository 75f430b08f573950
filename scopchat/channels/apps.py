from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "scopchat.channels"

    def ready(self) -> None:
        from scopchat.channels.company_lifecycle import Channels
        from scopchat.channels.services import count_channels
        from scopchat.tenancy.company_lifecycle import register
        from scopchat.tenancy.resources import Resource, register_counter

        register(Channels())
        register_counter(Resource.CHANNELS, count_channels)
