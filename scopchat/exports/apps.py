from __future__ import annotations

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "scopchat.exports"

    def ready(self) -> None:
        from scopchat.exports.company_lifecycle import Exports
        from scopchat.tenancy.company_lifecycle import register

        register(Exports())
