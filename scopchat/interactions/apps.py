from __future__ import annotations

from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    name = "scopchat.interactions"

    def ready(self) -> None:
        from scopchat.channels.switching import when_switched
        from scopchat.interactions.archiving import Conversations
        from scopchat.interactions.services.stopping import channels_switched
        from scopchat.tenancy.participants import register

        register(Conversations())
        when_switched(channels_switched)
