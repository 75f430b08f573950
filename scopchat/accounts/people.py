"""What administrators change about a company's people."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from scopchat.accounts import notices
from scopchat.accounts.models import User
from scopchat.accounts.names import names_taken
from scopchat.accounts.roles import Permission, Role, reach
from scopchat.accounts.services import end_sessions
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import changes, record
from scopchat.common.refusals import Refusal
from scopchat.events.catalogue import AccessChanged
from scopchat.events.publish import publish
from scopchat.tenancy.limits import require_room
from scopchat.tenancy.models import Company
from scopchat.tenancy.resources import Resource

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None is mistaken for another."""


def new_password() -> str:
    """A password to hand to somebody: three groups of four characters, 59 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _place in range(4)) for _group in range(3))


@transaction.atomic
def update_user(*, person: User, display_name: str, email: str, language: str, role: Role, acting: User | None) -> None:
    """Changes who a person is and what they may do, from their next request on.

    Raises `Refusal` for one's own role and for that of the last administrator, and `EmailTaken`.
    """
    person = _held(person)
    if role != person.role:
        if acting is not None and acting.pk == person.pk:
            raise Refusal(_("Nobody changes their own role."), code="own_role", field="role")
        if reach(role, Permission.MANAGE_PEOPLE) < person.reach(Permission.MANAGE_PEOPLE):
            _require_another_administrator(person)
    before = {"name": person.display_name, **{key: getattr(person, key) for key in ("email", "language", "role")}}
    after = {"name": display_name, "email": email, "language": language, "role": str(role)}
    changed = changes(before, after)
    if not changed:
        return
    person.display_name, person.email, person.language, person.role = display_name, email, language, role
    with names_taken():
        person.save(update_fields=["display_name", "email", "language", "role"])
    if "email" in changed:
        notices.tell_of_administrator(about="email_changed", user=person, to=before["email"])
    _record(Verb.USER_CHANGED, person, acting, changed)
    if "role" in changed:
        publish(AccessChanged((person.pk,)))


@transaction.atomic
def disable_user(*, person: User, acting: User | None) -> None:
    """The person is signed out everywhere and cannot sign in.

    Raises `Refusal` for oneself and for the last administrator; without effect on who is disabled already.
    """
    person = _held(person)
    if acting is not None and acting.pk == person.pk:
        raise Refusal(_("Nobody disables themselves."), code="oneself")
    if not person.is_active:
        return
    _require_another_administrator(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions([person.pk])
    _record(Verb.USER_DISABLED, person, acting)


@transaction.atomic
def enable_user(*, person: User, acting: User | None) -> None:
    """Undoes `disable_user`. Raises `LimitReached` where the company has no room for one more."""
    require_room(company=person.company, resource=Resource.USERS)
    person = _held(person)
    if person.is_active:
        return
    person.is_active = True
    person.save(update_fields=["is_active"])
    _record(Verb.USER_ENABLED, person, acting)


@transaction.atomic
def close_sessions(*, person: User, acting: User | None) -> None:
    """Signs the person out everywhere."""
    end_sessions([person.pk])
    _record(Verb.USER_SESSIONS_ENDED, person, acting)


@transaction.atomic
def renew_password(*, person: User, password: str, acting: User | None) -> None:
    """Sets a password to hand to the person, who must replace it at their next sign-in; signs them out everywhere."""
    person = _held(person)
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    end_sessions([person.pk])
    _record(Verb.USER_PASSWORD_RENEWED, person, acting)


@transaction.atomic
def reset_second_factor(*, person: User, acting: User | None) -> None:
    """For who has lost theirs: app, passkeys and recovery codes go, and the person is signed out everywhere and told.

    Where a second factor is required they add one at the next sign-in. Raises `Refusal` for oneself and for who has
    none.
    """
    person = _held(person)
    if acting is not None and acting.pk == person.pk:
        raise Refusal(_("Your own second factor is changed in your account."), code="oneself")
    factors = Authenticator.objects.filter(user_id=person.pk)
    means = sorted(factors.values_list("type", flat=True))
    if not means:
        raise Refusal(_("This person has no second factor."), code="no_factor")
    factors.delete()
    end_sessions([person.pk])
    notices.tell_of_administrator(about="second_factor_reset", user=person)
    _record(Verb.USER_FACTOR_RESET, person, acting, {"means": means})


def _held(person: User) -> User:
    """The person as they are now. Nobody else changes roles of their company until the transaction ends."""
    Company.objects.select_for_update(no_key=True).get(pk=person.company_id)
    return User.objects.select_for_update(of=("self",)).select_related("company").get(pk=person.pk)


def _require_another_administrator(person: User) -> None:
    """Raises `Refusal` for the last active person who administers the company as far as this one does."""
    own = person.reach(Permission.MANAGE_PEOPLE)
    if not own or not person.is_active:
        return
    roles = [role for role in Role if reach(role, Permission.MANAGE_PEOPLE) >= own]
    others = User.objects.of(person.company).filter(is_active=True, role__in=roles).exclude(pk=person.pk)
    if not others.exists():
        words = _("The company would be left without an administrator. Name another one first.")
        raise Refusal(words, code="last_administrator", field="role")


def _record(verb: Verb, person: User, acting: User | None, details: Mapping[str, object] | None = None) -> None:
    record(verb=verb, company=person.company, acting=acting, about=person, details=details)
