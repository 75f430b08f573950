"""Every adapter the product has, by kind."""

from __future__ import annotations

from scopchat.channels.providers.cleaning import CleanAdapter
from scopchat.channels.providers.protocol import Adapter
from scopchat.channels.providers.simulator.adapter import SimulatorAdapter
from scopchat.channels.providers.twilio.adapter import TwilioAdapter

ADAPTERS: dict[str, Adapter] = {
    adapter.kind: CleanAdapter(adapter) for adapter in (TwilioAdapter(), SimulatorAdapter())
}


def adapter_for(kind: str) -> Adapter:
    """The adapter of a provider kind. Raises KeyError for a kind the product does not have."""
    return ADAPTERS[kind]
