"""What every page tells administrators of the gateway."""

from __future__ import annotations

import time

from django.http import HttpRequest

from scopchat.accounts.roles import Permission
from scopchat.gateway import copies

SECONDS = 5.0
"""How long pages repeat what was so: a process asks the database no more often than that."""


class Held:
    """Whether sending was held when this process last looked."""

    answer = False
    until = 0.0

    def now(self) -> bool:
        if time.monotonic() >= self.until:
            self.answer = copies.held_since() is not None
            self.until = time.monotonic() + SECONDS
        return self.answer


held = Held()


def notices(request: HttpRequest) -> dict[str, object]:
    """Context processor: `sending_is_held`, for administrators, looked at only where a template asks."""

    def sending_is_held() -> bool:
        user = request.user
        return user.is_authenticated and user.may(Permission.MANAGE_CHANNELS) and held.now()

    return {"sending_is_held": sending_is_held}
