"""What every page tells administrators of the gateway."""

from __future__ import annotations

from django.http import HttpRequest

from scopchat.accounts.roles import Permission
from scopchat.gateway import copies


def notices(request: HttpRequest) -> dict[str, object]:
    """Context processor: `sending_is_held` asks the database where a template asks, and for administrators only."""

    def sending_is_held() -> bool:
        user = request.user
        may_know = user.is_authenticated and user.may(Permission.MANAGE_CHANNELS)
        return may_know and copies.held_since() is not None

    return {"sending_is_held": sending_is_held}
