"""News of contacts for the domains above, sent in the running transaction."""

from __future__ import annotations

from django.dispatch import Signal

contacts_changed = Signal()
"""Sent with `company_id`, `numbers` (E.164), `now`, and `renamed`: whether they are called otherwise than before, not
just described otherwise."""
