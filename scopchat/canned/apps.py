from __future__ import annotations

from django.apps import AppConfig


class CannedConfig(AppConfig):
    name = "scopchat.canned"
