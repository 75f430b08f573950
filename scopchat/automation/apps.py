from __future__ import annotations

from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "scopchat.automation"

    def ready(self) -> None:
        from scopchat.automation import listeners  # noqa: F401  it hears from here on
