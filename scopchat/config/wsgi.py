"""Django for the pages, mounted by `config.asgi` in a thread pool."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scopchat.config.settings")

application = get_wsgi_application()
