from __future__ import annotations

from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    name = "scopchat.interactions"

    def ready(self) -> None:
        from scopchat.interactions.archiving import Conversations
        from scopchat.tenancy.participants import register

        register(Conversations())
