"""Django settings of signing in: who is let in, and by what. A part of `settings`."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from scopchat.common import env

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
