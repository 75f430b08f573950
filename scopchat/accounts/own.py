"""What people change about their own account."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction

from scopchat.accounts import notices
from scopchat.accounts.models import Theme, User
from scopchat.accounts.names import names_taken
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import changes, record
from scopchat.common.mail import queue_mail
from scopchat.events.catalogue import AccessChanged
from scopchat.events.publish import publish
from scopchat.tenancy.addresses import outside

SALT = "scopchat.email"
VALID = timedelta(days=1)


def set_preferences(*, user: User, theme: Theme | None = None, language: str | None = None) -> None:
    """Changes the person's theme, language or both."""
    chosen = {"theme": theme, "language": language}
    User.objects.filter(pk=user.pk).update(**{name: value for name, value in chosen.items() if value})


@transaction.atomic
def update_own(
    *, person: User, display_name: str, language: str, theme: Theme, notification_sounds: bool, signature: str
) -> None:
    """What the person is called and how the product behaves for them. Their name is recorded, as others see it."""
    changed = changes({"name": person.display_name}, {"name": display_name})
    person.display_name, person.language, person.theme = display_name, language, theme
    person.notification_sounds, person.signature = notification_sounds, signature
    person.save(update_fields=["display_name", "language", "theme", "notification_sounds", "signature"])
    if changed:
        record(verb=Verb.USER_CHANGED, company=person.company, acting=person, about=person, details=changed)


@transaction.atomic
def ask_email(*, person: User, email: str) -> None:
    """Sends a link to the new address; it becomes the person's when they follow it, within a day."""
    token = signing.dumps([person.pk, person.email, email], salt=SALT)
    queue_mail(
        to=email,
        language=person.language,
        template="accounts/mail/email",
        context={"person": person, "link": settings.PUBLIC_URL + outside("accounts:confirm_email", token=token)},
    )


def asked_email(token: str) -> tuple[User, str] | None:
    """Whose new address the link confirms; None when it is none, is over, or was used."""
    try:
        pk, before, email = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    person: User | None = User.objects.select_related("company").filter(pk=pk, email=before).first()
    return (person, email) if person is not None and person.may_sign_in else None


@transaction.atomic
def change_email(*, person: User, email: str) -> None:
    """The confirmed address is the person's; the one before is told. Raises `EmailTaken`."""
    before = person.email
    details = changes({"email": before}, {"email": email})
    person.email = email
    with names_taken():
        person.save(update_fields=["email"])
    notices.tell(about="email_changed", user=person, to=before)
    record(verb=Verb.EMAIL_CHANGED, company=person.company, acting=person, about=person, details=details)


@transaction.atomic
def choose_password(*, person: User, password: str) -> None:
    """The person's own password from now on. Their other sessions end, as sessions are bound to it."""
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    publish(AccessChanged((person.pk,)))
    record(verb=Verb.PASSWORD_CHANGED, company=person.company, acting=person, about=person)
