"""Invitations by e-mail: a link that works once, for a week, and lets the person choose their password."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.crypto import salted_hmac

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.common.mail import queue_mail
from scopchat.tenancy.addresses import outside

SALT = "scopchat.invitation"
VALID = timedelta(days=7)


def token_of(person: User) -> str:
    """Stands for the person until they have a password, another e-mail or another invitation."""
    return signing.dumps([person.pk, _state(person)], salt=SALT)


def invited(token: str) -> User | None:
    """Whose invitation it is; None when it is none, is over, or was used."""
    try:
        pk, state = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    person: User | None = User.objects.select_related("company").filter(pk=pk).first()
    if person is None or not person.may_sign_in or person.has_usable_password() or _state(person) != state:
        return None
    return person


@transaction.atomic
def invite(*, person: User, acting: User | None) -> None:
    """Sends a new invitation to somebody without a password yet; earlier ones stop working."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    link = settings.PUBLIC_URL + outside("accounts:invitation", token=token_of(person))
    queue_mail(
        to=person.email,
        language=person.language,
        template="accounts/mail/invitation",
        context={"person": person, "company": person.company, "acting": acting, "link": link, "days": VALID.days},
    )
    record(verb=Verb.USER_INVITED, company=person.company, acting=acting, about=person, details={"email": person.email})


@transaction.atomic
def accept(*, token: str, password: str) -> User | None:
    """The invited person has chosen a password; None when the invitation was used or ended meanwhile."""
    found = invited(token)
    if found is None:
        return None
    person: User = User.objects.select_for_update(of=("self",)).select_related("company").get(pk=found.pk)
    if person.has_usable_password():
        return None
    person.set_password(password)
    person.save(update_fields=["password"])
    record(verb=Verb.INVITATION_ACCEPTED, company=person.company, acting=person, about=person)
    return person


def _state(person: User) -> str:
    """Changes with the (unusable) password and the e-mail."""
    return salted_hmac(SALT, f"{person.password}\n{person.email}", algorithm="sha256").hexdigest()[:32]
