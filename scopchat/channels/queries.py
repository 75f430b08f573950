"""Statements on the journal that come once for a whole batch of texts."""

from __future__ import annotations

UNMATCHED = """
SELECT id FROM channels_inboundevent
WHERE provider_id = ANY(%b) AND carrier_id = ANY(%b) AND state = 'unmatched'
"""  # index inbound_event_unmatched
