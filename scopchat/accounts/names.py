"""Usernames and e-mails, of which each is one person's."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.utils.translation import gettext as _

from scopchat.common.refusals import Refusal, taken


class UsernameTaken(Refusal):
    code, field = "username_taken", "username"

    def __init__(self) -> None:
        super().__init__(_("Somebody has this username already."))


class EmailTaken(Refusal):
    code, field = "email_taken", "email"

    def __init__(self) -> None:
        super().__init__(_("Somebody has this e-mail already."))


def names_taken() -> AbstractContextManager[None]:
    """What writes a person's names inside it raises `UsernameTaken` or `EmailTaken`."""
    return taken({"user_username_once": UsernameTaken, "user_email_once": EmailTaken})
