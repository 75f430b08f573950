"""What a service answers that does not do what somebody asked for, and how pages say so.

A view says it on its form (`said_on`) or on the page that follows (`said_after`). What no view says becomes a page or a
notice of its own (`web.views.RefusalMiddleware`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

import psycopg
from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

TOO_LARGE = "scopchat.too_large"
"""In a request's environment: it had more bytes than these, which it might have, and its body is left out."""


class Refusal(Exception):
    """Why it was not done, in words for who asked, in the language in force.

    `code` names the reason for programs, `field` the field of the form it is about; empty where it is about none.
    """

    code: str = "refused"
    field: str = ""
    is_conflict: ClassVar[bool] = False
    """It could be done when the page was drawn: something has changed meanwhile."""

    def __init__(self, words: str, *, code: str = "", field: str = "") -> None:
        super().__init__(words)
        self.code, self.field = code or self.code, field or self.field

    @property
    def words(self) -> str:
        return str(self)


class NotAllowed(Refusal):
    """The person's role does not reach this. Pages answer 403: what they offer nobody is refused."""

    code = "not_allowed"

    def __init__(self) -> None:
        super().__init__(_("Your role does not allow this."))


class Conflict(Refusal):
    """Something has changed since the page was drawn."""

    code = "conflict"
    is_conflict = True

    def __init__(self, words: str = "", *, code: str = "", field: str = "") -> None:
        super().__init__(
            words or _("This has changed meanwhile. The page now shows how it stands."), code=code, field=field
        )


@contextmanager
def taken(refusals: Mapping[str, Callable[[], Refusal]]) -> Iterator[None]:
    """A savepoint in which a unique constraint that is in the way becomes its refusal; others stay IntegrityError."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        cause = error.__cause__
        name = (cause.diag.constraint_name or "") if isinstance(cause, psycopg.Error) else ""
        if name not in refusals:
            raise
        raise refusals[name]() from None


@contextmanager
def said_on(form: forms.Form) -> Iterator[None]:
    """What is refused inside is undone, the form says why beside the field it is about, and what follows goes on."""
    try:
        with transaction.atomic():
            yield
    except NotAllowed:
        raise
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.words)


def said_after(request: HttpRequest, act: Callable[[], object], *, done: str | Promise = "") -> None:
    """Does it; the page that follows says `done`, where it does not show it anyway, or why it was not."""
    try:
        act()
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.words)
    else:
        if done:
            messages.success(request, str(done))
