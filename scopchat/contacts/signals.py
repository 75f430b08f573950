"""News of contacts for the domains above, sent in the running transaction."""

from __future__ import annotations

from django.dispatch import Signal

contacts_changed = Signal()
"""Sent with `company_id`, `numbers` (E.164), `now`, and `in_rows`: whether lists show or find them otherwise than
before, not just whoever opens them."""
