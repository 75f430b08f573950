"""What Django is told of servers that a setting names by their address."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

from scopchat.common import connections

CONNECTION_OPTIONS: dict[str, object] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How libpq notices a server that went without a word: 11 s while an answer is awaited, 10 s for what was sent."""
SESSION_OPTIONS = "-c idle_in_transaction_session_timeout=5000"
"""Ends, after milliseconds, a transaction whose process was frozen in the middle of it, so that its locks go."""


def database(url: str, *, pool_size: int) -> dict[str, object]:
    """Django's settings for a `postgresql://` address; query parameters go to libpq."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "scopchat",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,
        # Choices of forms are all that asks for one, for three statements each; what is large is read in batches.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            "options": SESSION_OPTIONS,
            **CONNECTION_OPTIONS,
            **options,
            "pool": {
                "min_size": 1,
                "max_size": pool_size,
                "timeout": 5,
                # Whoever needs a connection tries at once: nobody waits for the patience of an earlier attempt.
                "reconnect_timeout": 0,
                "check": connections.check,
            },
        },
    }


def mail_server(url: str) -> dict[str, object]:
    """Django's settings for `smtp://` (STARTTLS where a user is named), `smtps://`."""
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname or "localhost",
            "port": parts.port or (465 if secure else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": secure,
            "use_tls": bool(parts.username) and not secure,
            "timeout": 20,
        },
    }
