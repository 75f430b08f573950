"""What follows signing in, failing to, and signing out: presence and the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.db import transaction
from django.http import HttpRequest

from scopchat.accounts import failures, presence
from scopchat.accounts.lookup import login_of, person_called
from scopchat.accounts.models import User
from scopchat.accounts.own_sessions import forget_ended, note_session
from scopchat.accounts.services import end_sessions
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.common.clock import utc_now


@transaction.atomic
def on_signed_in(user: User, request: HttpRequest, **_more: Any) -> None:
    """The person is online."""
    presence.arrive(person=user, now=utc_now())
    known = get_authentication_records(request, user)
    means = [each.get("type") or each["method"] for each in known]
    record(verb=Verb.SIGNED_IN, company=user.company, acting=user, details={"means": means})


@transaction.atomic
def on_let_in(user: User, request: HttpRequest, **_more: Any) -> None:
    """Every step of signing in is done: the session is one of the person's, and those that are over are forgotten."""
    forget_ended(user)
    note_session(request, user)


@transaction.atomic
def on_signed_out(user: User | None, **_more: Any) -> None:
    """The person is offline, and signed out of every other browser too: one logs out because a screen is left."""
    if user is not None:
        end_sessions([user.pk])
        record(verb=Verb.SIGNED_OUT, company=user.company, acting=user)


def on_sign_in_failed(credentials: Mapping[str, Any], **_more: Any) -> None:
    """A name or a password was wrong."""
    failures.note(verb=Verb.SIGN_IN_FAILED, person=person_called(login_of(credentials)), now=utc_now())
