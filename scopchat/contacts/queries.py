"""What other domains' statements read of contacts, and the statements by which a file of contacts is saved."""

from __future__ import annotations

from django.db import connection

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

BROUGHT = """
CREATE TEMP TABLE IF NOT EXISTS contacts_brought
    (number text, name text, business text, email text, note text, search text, contact_id bigint) ON COMMIT DROP
"""
"""A batch of a file, in the running transaction."""
ADD = """
INSERT INTO contacts_contact (company_id, created_at, updated_at, number, name, business, email, search)
SELECT %b, %b::timestamptz, %b::timestamptz, number, name, business, email, search FROM contacts_brought
ON CONFLICT (company_id, number) WHERE deleted_at IS NULL DO NOTHING
RETURNING number
"""  # unique index contact_number_once

# A question for each line, not a join: before the table has statistics, PostgreSQL takes a company for small, and would
# compare each line with all its contacts.
FIND = """
UPDATE contacts_brought b SET contact_id = (
    SELECT id FROM contacts_contact WHERE company_id = %b AND number = b.number AND deleted_at IS NULL
) WHERE %b OR b.note <> '' RETURNING contact_id
"""  # unique index contact_number_once

HOLD = """
SELECT id, name, business, email FROM contacts_contact
WHERE id = ANY(ARRAY(SELECT contact_id FROM contacts_brought)) ORDER BY id FOR UPDATE
"""  # primary key

FOUND = "SELECT contact_id, number, name, business, email FROM contacts_brought WHERE contact_id IS NOT NULL"

CHANGE = """
UPDATE contacts_contact c
SET name = n.name, business = n.business, email = n.email, search = n.search, updated_at = %b
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[]) AS n (id, name, business, email, search)
WHERE c.id = n.id RETURNING c.id
"""  # primary key

# COALESCE, as the index of authors has all notes without one, and PostgreSQL would read them for each line.
NOTE = """
INSERT INTO contacts_contactnote (company_id, contact_id, text, written_at)
SELECT %b, contact_id, note, %b::timestamptz FROM contacts_brought b
WHERE note <> '' AND contact_id IS NOT NULL AND (
    SELECT id FROM contacts_contactnote o
    WHERE o.contact_id = b.contact_id AND COALESCE(o.author_id, 0) = 0 AND o.text = b.note LIMIT 1
) IS NULL
RETURNING contact_id
"""  # index contact_note_of

LIST = """
INSERT INTO contacts_listmember (company_id, list_id, contact_id, added_at)
SELECT %b, %b, contact_id, %b::timestamptz FROM contacts_brought WHERE contact_id IS NOT NULL
ON CONFLICT (list_id, contact_id) DO NOTHING
RETURNING contact_id
"""  # unique index list_member_once

COUNT_KNOWN = """
SELECT count((
    SELECT id FROM contacts_contact WHERE company_id = %b AND number = n.number AND deleted_at IS NULL
)) FROM unnest(%b::text[]) AS n (number)
"""  # unique index contact_number_once


def take(lines: bytes) -> None:
    """Has a batch of a file, in the text format of `COPY`, in the table that the statements about it read."""
    with connection.cursor() as cursor:
        cursor.execute(BROUGHT)
        cursor.execute("TRUNCATE contacts_brought")
        with cursor.copy("COPY contacts_brought (number, name, business, email, note, search) FROM STDIN") as copy:
            copy.write(lines)
