"""E-mails that tell a person when something changed in how they sign in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.models import User
from scopchat.accounts.own_sessions import browser_of
from scopchat.audit.requests import origin
from scopchat.common.clock import utc_now
from scopchat.common.mail import queue_mail

NOTICES = {
    "account/email/password_reset": _("Your password was changed with a link that was sent to this address."),
    "mfa/email/totp_activated": _("An authenticator app was added to your account."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed from your account."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account; the old ones have ended."),
    "email_changed": _("The e-mail address of your account was changed; from now on e-mails go to the new one."),
    "socialaccount/email/account_connected": _("Your account was linked to single sign-on."),
}
"""By the names that allauth has for its own, and one of ours."""

BY_ADMINISTRATORS = {
    "email_changed": _("An administrator changed the e-mail address of your account; from now on e-mails go there."),
    "second_factor_reset": _(
        "An administrator removed the second factor of your account, recovery codes included. Add another one as soon "
        "as you have signed in."
    ),
}


def tell(*, about: str, user: User, to: str = "") -> None:
    """Queues the e-mail for one of `NOTICES`, in the person's language and the time of their company.

    It goes to the person's address, or `to` another.
    """
    found = origin()
    where = " · ".join(filter(None, browser_of(found.agent)))
    _send(user, NOTICES[about], to=to, browser=where, ip=found.ip)


def tell_of_administrator(*, about: str, user: User, to: str = "") -> None:
    """Queues the e-mail for one of `BY_ADMINISTRATORS`: not from where these work."""
    _send(user, BY_ADMINISTRATORS[about], to=to)


def _send(user: User, what: Promise, *, to: str, **origin: str | None) -> None:
    context = {"person": user, "what": what, "when": utc_now(), **origin}
    with timezone.override(ZoneInfo(user.company.time_zone)):
        queue_mail(to=to or user.email, language=user.language, template="accounts/mail/notice", context=context)
