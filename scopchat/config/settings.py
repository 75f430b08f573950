"""Django settings: one file, everything that differs between installations read through `common.env`.

`docs/settings.md` explains each environment variable.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from scopchat.common import connections, env
from scopchat.common.logs import logging_settings
from scopchat.config import statics

BASE_DIR = Path(__file__).resolve().parent.parent.parent

DEBUG = env.flag("SCOPCHAT_DEBUG", False, "Show Django's error pages. Never on a public server.")
DATA_DIR = Path(
    env.text("SCOPCHAT_DATA_DIR", str(BASE_DIR / ".data"), "Folder of the embedded database, media and secrets.")
)
SECRET_KEY = env.text(
    "SCOPCHAT_SECRET_KEY", "", "Signs sessions and links. `scopchat up` makes one in the data folder."
)
FIELD_KEYS = env.items(
    "SCOPCHAT_FIELD_KEYS",
    "",
    "Fernet keys that encrypt credentials and sessions, newest first. Empty: derived from the secret key.",
) or [base64.urlsafe_b64encode(hashlib.sha256(f"fields:{SECRET_KEY}".encode()).digest()).decode()]
PUBLIC_URL = env.text(
    "SCOPCHAT_PUBLIC_URL",
    "http://127.0.0.1:8000",
    "Address at which carriers and people reach the product; callbacks are signed against it.",
).rstrip("/")
ALLOWED_HOSTS = env.items(
    "SCOPCHAT_ALLOWED_HOSTS", "", "Host names served, comma-separated. Empty: the public address's and loopback."
) or [urlsplit(PUBLIC_URL).hostname or "localhost", "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ALLOW_PRIVATE_HOSTS = env.flag(
    "SCOPCHAT_ALLOW_PRIVATE_HOSTS",
    False,
    "Let requests to provider addresses typed by administrators reach private and loopback addresses.",
)
_behind_tls = PUBLIC_URL.startswith("https://")
SESSION_ENGINE = "scopchat.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _behind_tls
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _behind_tls else None
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = env.number(
    "SCOPCHAT_TRUSTED_PROXIES", 0, "Proxies in front, each of which adds the address it heard from to X-Forwarded-For."
)
METRICS_TOKEN = env.text(
    "SCOPCHAT_METRICS_TOKEN", "", "Bearer token for /metrics and /readyz. Empty: this machine alone may ask them."
)
SECURE_HSTS_SECONDS = 31_536_000 if _behind_tls else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "scopchat.web.views.csrf_failure"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

INSTALLED_APPS = [
    "scopchat.web",  # first: its templates replace allauth's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",  # operator classes of indexes
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "treebeard",
    "procrastinate.contrib.django",
    "scopchat.audit",
    "scopchat.tenancy",
    "scopchat.accounts",
    "scopchat.administration",
    "scopchat.queues",
    "scopchat.channels",
    "scopchat.channels.providers.simulator",
    "scopchat.interactions",
    "scopchat.gateway",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "scopchat.common.logs.RequestIdMiddleware",
    "scopchat.audit.requests.OriginMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "scopchat.accounts.middleware.PersonMiddleware",
    "scopchat.accounts.middleware.FirstPasswordMiddleware",
    "scopchat.accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "scopchat.config.urls"
WSGI_APPLICATION = "scopchat.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "scopchat.web.context.shell",
            ],
        },
    }
]


SESSION_OPTIONS = "-c idle_in_transaction_session_timeout=5000"
"""Ends, after milliseconds, a transaction whose process was frozen in the middle of it, so that its locks go."""


def _database(url: str) -> dict[str, object]:
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
        "OPTIONS": {
            "options": SESSION_OPTIONS,
            **options,
            "pool": {"min_size": 1, "max_size": POOL_SIZE, "timeout": 10, "check": connections.check},
        },
    }


POOL_SIZE = env.number("SCOPCHAT_POOL_SIZE", 12, "Most database connections per process.")
DATABASES = {
    "default": _database(
        env.text(
            "DATABASE_URL",
            "postgresql://postgres@localhost/scopchat",
            "PostgreSQL 15 or newer, as postgresql://user:password@host:port/name. Set by `scopchat up`.",
        )
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
"""Codes that were used and links that were asked for, known to all processes (docs/decisions/0014)."""

from scopchat.config.sign_in import *  # noqa: E402, F403  the part of these settings that is about signing in

MAIL_FROM = env.text("SCOPCHAT_MAIL_FROM", "SCOPCHAT <no-reply@localhost>", "Sender of e-mails.")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM


def _mail_server(url: str) -> dict[str, object]:
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


MAILERS = {
    "default": _mail_server(
        env.text("SCOPCHAT_MAIL_URL", "smtp://localhost:25", "Mail server, as smtp://user:password@host:port.")
    )
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "scopchat.config.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = f"static/{statics.version(BASE_DIR)}/"
STATICFILES_DIRS = [
    ("vendor/tabler/css", BASE_DIR / "node_modules/@tabler/core/dist/css"),
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
    ("vendor/emoji", BASE_DIR / "node_modules/emoji-picker-element"),
    ("vendor/emoji-data", BASE_DIR / "node_modules/emoji-picker-element-data"),
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
WHITENOISE_IMMUTABLE_FILE_TEST = "(?!)" if DEBUG else "^/static/"
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "media/"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
"""Photos are for the account that the program runs under, on every machine that shares the folder."""

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING_CONFIG = None
LOG_FORMAT = env.text("SCOPCHAT_LOG_FORMAT", "json", "`json` for one object a line, `text` for people.")
logging_settings(LOG_FORMAT)
