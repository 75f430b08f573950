"""Django settings: one file, everything that differs between installations read through `common.env`.

`docs/settings.md` explains each environment variable.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP

from scopchat.common import env
from scopchat.common.logs import logging_settings
from scopchat.config import addresses, languages, statics

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
CONNECTIONS_PER_ADDRESS = env.number(
    "SCOPCHAT_CONNECTIONS_PER_ADDRESS", 1000, "Connections that one address may have to one web process at a time."
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
    "scopchat.exports",
    "scopchat.queues",
    "scopchat.canned",
    "scopchat.contacts",
    "scopchat.channels",
    "scopchat.channels.providers.simulator",
    "scopchat.optouts",
    "scopchat.interactions",
    "scopchat.automation",
    "scopchat.masssends",
    "scopchat.gateway",
]
MESSAGE_STORAGE = "scopchat.web.notices.NoticeStorage"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "scopchat.web.compression.CompressedStaticFiles",
    "scopchat.web.compression.CompressedPages",
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
    "scopchat.web.views.RefusalMiddleware",
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
            "builtins": ["scopchat.web.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "scopchat.web.context.shell",
                "scopchat.gateway.notice.notices",
            ],
        },
    }
]


POOL_SIZE = env.number("SCOPCHAT_POOL_SIZE", 12, "Most database connections per process.")
DATABASES = {
    "default": addresses.database(
        env.text(
            "DATABASE_URL",
            "postgresql://postgres@localhost/scopchat",
            "PostgreSQL 15 or newer, as postgresql://user:password@host:port/name. Set by `scopchat up`.",
        ),
        pool_size=POOL_SIZE,
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

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["scopchat.accounts.backend.PersonBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_ADAPTER = "scopchat.accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    **dict.fromkeys(("login", "login_failed", "reauthenticate", "reset_password_from_key"), ""),
    "reset_password": "5/m/key,15/h/key",
}
"""allauth's limits shut everybody out behind an address; `accounts.attempts` slows instead (docs/decisions/0019).
Of links to one mailbox so many are sent that a valid one is always in it."""
ACCOUNT_FORMS = {"reset_password": "scopchat.accounts.password_reset.ResetForm"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  no secret
"""Not allauth's, which stores the address as unverified each time somebody asks for a link to it."""
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
ACCOUNT_USER_DISPLAY = "scopchat.accounts.adapter.display_name"
MFA_ADAPTER = "scopchat.accounts.second_factor.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
"""allauth's table of addresses says nothing: here administrators enter addresses, and a link confirms a new one."""
MFA_FORMS = {
    "authenticate": "scopchat.accounts.forms_factor.CodeForm",
    "reauthenticate": "scopchat.accounts.forms_factor.CodeAgainForm",
}
MFA_RATE_LIMITS = {"webauthn_login": ""}
"""A passkey cannot be guessed, and is a way in while an account is under attack."""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "SCOPCHAT"
MFA_TOTP_TOLERANCE = 1
"""A code is good one period longer: it takes a moment to type, and clocks differ (RFC 6238, 5.2)."""

OIDC_URL = env.text(
    "SCOPCHAT_OIDC_URL", "", "Issuer of single sign-on by OpenID Connect. Empty: there is none."
).rstrip("/")
OIDC_NAME = env.text("SCOPCHAT_OIDC_NAME", "", "What the sign-in page calls the issuer. Empty: its host.") or (
    urlsplit(OIDC_URL).hostname or ""
)
OIDC_ID = hashlib.sha256(OIDC_URL.encode()).hexdigest()[:12]
"""Identities are an issuer's: another one's do not open the same accounts."""
OIDC_APP = {
    "provider_id": OIDC_ID,
    "name": OIDC_NAME,
    "client_id": env.text("SCOPCHAT_OIDC_CLIENT_ID", "", "Our name with the issuer."),
    "secret": env.text("SCOPCHAT_OIDC_CLIENT_SECRET", "", "Our password with the issuer."),
    "settings": {"server_url": OIDC_URL, "oauth_pkce_enabled": True},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [OIDC_APP] if OIDC_URL else []}}
SOCIALACCOUNT_ADAPTER = "scopchat.accounts.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_AUTO_SIGNUP = False

UNDO_SEND = timedelta(
    seconds=env.number(
        "SCOPCHAT_UNDO_SEND_SECONDS", 5, "How long a text that somebody wrote waits before it leaves, to be undone."
    )
)
LIVE_PATIENCE = timedelta(
    hours=env.number(
        "SCOPCHAT_LIVE_PATIENCE_HOURS", 4, "How long a text that somebody wrote waits for a carrier that is away."
    )
)
MASS_PATIENCE = timedelta(hours=env.number("SCOPCHAT_MASS_PATIENCE_HOURS", 24, "The same for texts of mass sends."))

MAIL_FROM = env.text("SCOPCHAT_MAIL_FROM", "SCOPCHAT <no-reply@localhost>", "Sender of e-mails.")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM


MAILERS = {
    "default": addresses.mail_server(
        env.text("SCOPCHAT_MAIL_URL", "smtp://localhost:25", "Mail server, as smtp://user:password@host:port.")
    )
}

LANGUAGE_CODE = "fr"
PSEUDO_LOCALES = languages.pseudo_locales()
LANGUAGES = languages.offered(PSEUDO_LOCALES)
LOCALE_PATHS = [*([languages.pseudo_folder(DATA_DIR)] if PSEUDO_LOCALES else []), BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "scopchat.config.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = f"/static/{statics.version(BASE_DIR)}/"
STATICFILES_DIRS = [
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
    ("vendor/emoji", BASE_DIR / "node_modules/emoji-picker-element"),
    ("vendor/emoji-data", BASE_DIR / "node_modules/emoji-picker-element-data"),
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
WHITENOISE_IMMUTABLE_FILE_TEST = "(?!)" if DEBUG else "^/static/"
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
"""Photos are for the account that the program runs under, on every machine that shares the folder."""

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING_CONFIG = None
LOG_FORMAT = env.text("SCOPCHAT_LOG_FORMAT", "json", "`json` for one object a line, `text` for people.")
logging_settings(LOG_FORMAT)
