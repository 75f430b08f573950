"""What other domains' statements read of contacts."""

from __future__ import annotations

NAMES = """
SELECT company_id, number, COALESCE(NULLIF(name, ''), business) AS name, search,
       ARRAY(SELECT worn.label_id FROM contacts_contactlabel worn WHERE worn.contact_id = contact.id) AS labels
FROM contacts_contact contact WHERE deleted_at IS NULL
"""
"""By company and number: indexes `contact_number_once` and `contact_label_once`."""

MERGED = "SELECT company_id, number, name, business FROM contacts_contact WHERE deleted_at IS NULL"
"""What texts to many are filled in with, by company and number: index `contact_number_once`."""

ON_LISTS = """
SELECT member.list_id, contact.company_id, contact.number, list.deleted_at IS NULL AS is_kept
FROM contacts_listmember member
JOIN contacts_contactlist list ON list.id = member.list_id
JOIN contacts_contact contact ON contact.id = member.contact_id
WHERE contact.deleted_at IS NULL
"""
"""By list: index `list_member_once`. A list that was deleted can still be brought back."""

LABELLED = """
SELECT worn.label_id, contact.company_id, contact.number
FROM contacts_contactlabel worn JOIN contacts_contact contact ON contact.id = worn.contact_id
WHERE contact.deleted_at IS NULL
"""
"""By label: its index."""
