"""The second factor: what people have of it, how its secrets are kept, and what is recorded of it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Exists, OuterRef, QuerySet

from scopchat.accounts.models import User
from scopchat.accounts.own_sessions import browser_of
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.common import crypto
from scopchat.tenancy.models import Company

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes are a way back in, and none of their own."""


def has_second_factor(user: User) -> bool:
    """Whether the person has an authenticator app or a passkey (index on the user)."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())


def must_add_factor(user: User, company: Company) -> bool:
    """Whether the company looked at has required one since before the person signed in, and they have none."""
    if not company.needs_second_factor:
        return False
    since, signed_in = company.second_factor_since, user.last_login
    return (since is None or signed_in is None or signed_in >= since) and not has_second_factor(user)


def without_second_factor(company: Company) -> QuerySet[User]:
    """People of the company and of those below who can sign in with nothing but a password, by name."""
    having = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)
    people = User.objects.filter(company__path__startswith=company.path, company__is_active=True, is_active=True)
    found: QuerySet[User] = people.exclude(Exists(having)).order_by("display_name", "pk")
    return found


def has_any_factor(user: User) -> bool:
    """Whether the person has one, or recovery codes left of one."""
    return bool(Authenticator.objects.filter(user_id=user.pk).exists())


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets encrypted, passkeys named after where they were made."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt_text(encrypted_text)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        named = " · ".join(filter(None, browser_of(get_account_adapter().get_http_user_agent(context.request))))
        return named or str(super().generate_authenticator_name(user, type))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "SCOPCHAT"}


def on_added(user: User, authenticator: Authenticator, **_more: Any) -> None:
    _record(Verb.FACTOR_ADDED, user, authenticator)


def on_removed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    _record(Verb.FACTOR_REMOVED, user, authenticator)


def on_renewed(user: User, **_more: Any) -> None:
    record(verb=Verb.RECOVERY_CODES_RENEWED, company=user.company, acting=user, about=user)


def on_failed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Whoever tried knew the password."""
    details = {"means": str(authenticator.type)}
    record(verb=Verb.FACTOR_FAILED, company=user.company, acting=None, about=user, details=details)


def _record(verb: Verb, user: User, authenticator: Authenticator) -> None:
    details = {"means": str(authenticator.type)}
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        details["name"] = str(authenticator)
    record(verb=verb, company=user.company, acting=user, about=user, details=details)
