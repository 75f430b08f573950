from __future__ import annotations

from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    name = "scopchat.interactions"

    def ready(self) -> None:
        import scopchat.interactions.contact_news  # noqa: F401
        from scopchat.channels.signals import channels_switched
        from scopchat.exports import kinds
        from scopchat.interactions.archive_export import Archive
        from scopchat.interactions.company_lifecycle import Conversations
        from scopchat.interactions.services.stopping import end_what_waits
        from scopchat.tenancy.company_lifecycle import register

        register(Conversations())
        kinds.register(Archive())
        channels_switched.connect(end_what_waits)
