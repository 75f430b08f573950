"""Doing what a button says, and what is told of it on the page that follows."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from scopchat.accounts.access import PersonRequest
from scopchat.accounts.people import Refused
from scopchat.tenancy.limits import LimitReached
from scopchat.tenancy.services import CannotArchive, NotPossible


def attempt(request: PersonRequest, act: Callable[[], object], *, done: str | Promise) -> None:
    """Does it and says `done`, or why it was not done."""
    try:
        act()
    except (Refused, LimitReached) as refusal:
        messages.error(request, str(refusal))
    except CannotArchive as refusal:
        words = ", ".join(obstacle.words for obstacle in refusal.obstacles)
        messages.error(request, _("The company cannot be archived yet: %(obstacles)s.") % {"obstacles": words})
    except NotPossible:
        messages.error(request, _("This has changed meanwhile. The page now shows how it stands."))
    else:
        messages.success(request, str(done))
