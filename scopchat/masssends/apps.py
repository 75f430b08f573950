from __future__ import annotations

from django.apps import AppConfig


class MassSendsConfig(AppConfig):
    name = "scopchat.masssends"

    def ready(self) -> None:
        from scopchat.exports import kinds
        from scopchat.masssends import tallies  # noqa: F401  it hears from here on
        from scopchat.masssends.company_lifecycle import MassSends
        from scopchat.masssends.export import Recipients
        from scopchat.tenancy.company_lifecycle import register

        register(MassSends())
        kinds.register(Recipients())
