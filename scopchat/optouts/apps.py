from __future__ import annotations

from django.apps import AppConfig


class OptOutsConfig(AppConfig):
    name = "scopchat.optouts"
