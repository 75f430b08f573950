from __future__ import annotations

from django.apps import AppConfig


class OptOutsConfig(AppConfig):
    name = "scopchat.optouts"

    def ready(self) -> None:
        from scopchat.exports import kinds
        from scopchat.optouts.export import OptOuts

        kinds.register(OptOuts())
