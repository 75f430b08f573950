"""New callback addresses for a provider whose token may have leaked."""

from __future__ import annotations

from django_scopes import scopes_disabled

from scopchat.channels.models import Provider
from scopchat.channels.services import rotate_hook_token
from scopchat.ops.installation import CannotStart


def rotate(*, provider_id: int) -> str:
    """Replaces the provider's token; returns what to enter at the carrier. Raises `CannotStart`."""
    with scopes_disabled():
        provider = Provider.objects.filter(pk=provider_id).first()
        if provider is None:
            raise CannotStart(f"There is no provider {provider_id}.")
        rotate_hook_token(provider=provider)
        address = provider.callback_url
    return f"Inbound messages:  {address}/inbound\nDelivery receipts: {address}/status"
