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

HOLD = """
SELECT number, id, name, business, email FROM contacts_contact
WHERE company_id = %b AND number = ANY(%b::text[]) AND deleted_at IS NULL
ORDER BY number FOR UPDATE
"""  # unique index contact_number_once

CHANGE = """
UPDATE contacts_contact c
SET name = n.name, business = n.business, email = n.email, search = n.search, updated_at = %b
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[]) AS n (id, name, business, email, search)
WHERE c.id = n.id RETURNING c.id
"""  # primary key

ADD = """
INSERT INTO contacts_contact (company_id, created_at, updated_at, number, name, business, email, search)
SELECT %b, %b::timestamptz, %b::timestamptz, number, name, business, email, search
FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[]) AS n (number, name, business, email, search)
ORDER BY number
ON CONFLICT (company_id, number) WHERE deleted_at IS NULL DO NOTHING
RETURNING number, id
"""  # unique index contact_number_once

NOTE = """
INSERT INTO contacts_contactnote (company_id, contact_id, text, written_at)
SELECT %b, contact_id, text, %b::timestamptz FROM unnest(%b::bigint[], %b::text[]) AS n (contact_id, text)
WHERE NOT EXISTS (SELECT FROM contacts_contactnote o
                  WHERE o.contact_id = n.contact_id AND o.author_id IS NULL AND o.text = n.text)
RETURNING contact_id
"""  # index contact_note_of

LIST = """
INSERT INTO contacts_listmember (company_id, list_id, contact_id, added_at)
SELECT %b, %b, contact_id, %b::timestamptz FROM unnest(%b::bigint[]) AS n (contact_id)
ON CONFLICT (list_id, contact_id) DO NOTHING
RETURNING contact_id
"""  # unique index list_member_once

COUNT_KNOWN = """
SELECT count(*) FROM contacts_contact WHERE company_id = %b AND number = ANY(%b::text[]) AND deleted_at IS NULL
"""  # unique index contact_number_once
