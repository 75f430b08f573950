"""What other domains' statements read of contacts."""

from __future__ import annotations

NAMES = """
SELECT company_id, number, COALESCE(NULLIF(name, ''), business) AS name, search
FROM contacts_contact WHERE deleted_at IS NULL
"""
"""By company and number: index `contact_number_once`."""
