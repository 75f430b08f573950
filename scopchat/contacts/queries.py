"""What other domains' statements read of contacts."""

from __future__ import annotations

NAMES = """
SELECT company_id, number, COALESCE(NULLIF(name, ''), business) AS name, search,
       ARRAY(SELECT worn.label_id FROM contacts_contactlabel worn WHERE worn.contact_id = contact.id) AS labels
FROM contacts_contact contact WHERE deleted_at IS NULL
"""
"""By company and number: indexes `contact_number_once` and `contact_label_once`."""
