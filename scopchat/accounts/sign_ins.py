"""What follows signing in, failing to, and signing out: presence and the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from scopchat.accounts import presence
from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.common.clock import utc_now
from scopchat.tenancy.services import operator


@transaction.atomic
def on_signed_in(user: User, **_more: Any) -> None:
    """The person is online."""
    presence.arrive(person=user, now=utc_now())
    record(verb=Verb.SIGNED_IN, company=user.company, acting=user)


@transaction.atomic
def on_signed_out(user: User | None, **_more: Any) -> None:
    """The person is offline."""
    if user is not None:
        presence.leave([user.pk])
        record(verb=Verb.SIGNED_OUT, company=user.company, acting=user)


def on_sign_in_failed(credentials: Mapping[str, Any], **_more: Any) -> None:
    """Recorded for the company whose account it was; for the operator where there is no such account.

    What was typed as a name that nobody has is not kept: it may be a password typed into the wrong field.
    """
    login = str(credentials.get("username") or credentials.get("email") or "")
    named = User.objects.select_related("company").filter(Q(username__iexact=login) | Q(email__iexact=login))
    user = named.first() if login else None
    company = user.company if user else operator()
    if company is not None:
        record(verb=Verb.SIGN_IN_FAILED, company=company, acting=None, about=user)
