"""The two reads that every request begins with, which the ORM takes longer to build than they take to run; and the
statements about many people's presence at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache

from django.db import connection

from scopchat.accounts.models import User
from scopchat.common.queries import batch
from scopchat.tenancy.models import Company

NAMES = "SELECT id, display_name FROM accounts_user"
"""What other domains' statements read of people, by primary key."""

SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


def session_content(key: str, *, now: datetime) -> str | None:
    """What is stored of a session that has not expired (primary key)."""
    with connection.cursor() as cursor:
        cursor.execute(SESSION, [key, now])
        found: tuple[str] | None = cursor.fetchone()
    return found[0] if found else None


@cache
def _person_statement() -> str:
    columns = [
        f'{model._meta.db_table}."{field.column}"' for model in (User, Company) for field in model._meta.concrete_fields
    ]
    joined = f"accounts_user JOIN {Company._meta.db_table} ON {Company._meta.db_table}.id = accounts_user.company_id"
    return f"SELECT {', '.join(columns)} FROM {joined} WHERE accounts_user.id = %s"  # noqa: S608  no value in it


def person(pk: int) -> User | None:
    """The person with their company (primary keys)."""
    with connection.cursor() as cursor:
        cursor.execute(_person_statement(), [pk])
        row = cursor.fetchone()
    if row is None:
        return None
    own = [field.attname for field in User._meta.concrete_fields]
    company = [field.attname for field in Company._meta.concrete_fields]
    found: User = User.from_db(connection.alias, own, row[: len(own)])
    found.company = Company.from_db(connection.alias, company, row[len(own) :])
    return found


SIGHTED = """
INSERT INTO accounts_sighting (person_id, company_id, seen_at, active_at)
VALUES (%(person)s, %(company)s, %(now)s, %(active)s)
ON CONFLICT (person_id) DO UPDATE SET
    seen_at = GREATEST(accounts_sighting.seen_at, EXCLUDED.seen_at),
    active_at = GREATEST(accounts_sighting.active_at, EXCLUDED.active_at)
"""


def sighted(person: User, *, active: datetime, now: datetime) -> None:
    """Notes that the person was there, and when they last did something (primary key)."""
    with connection.cursor() as cursor:
        cursor.execute(SIGHTED, {"person": person.pk, "company": person.company_id, "now": now, "active": active})


Presences = list[tuple[int, int, str]]
"""Company, person and presence of those whose presence changed."""

KEPT = """
WITH alive AS (
    INSERT INTO accounts_sighting (person_id, company_id, seen_at, active_at)
    SELECT id, company_id, %(now)s, %(now)s FROM accounts_user WHERE id = ANY(%(people)s) ORDER BY id
    ON CONFLICT (person_id) DO UPDATE SET seen_at = GREATEST(accounts_sighting.seen_at, EXCLUDED.seen_at)
    RETURNING person_id, active_at
), back AS (
    SELECT id, active_at FROM accounts_user JOIN alive ON person_id = id
    WHERE presence = 'offline' AND chosen_presence <> 'offline' AND is_active AND archived_at IS NULL
    ORDER BY id FOR NO KEY UPDATE OF accounts_user SKIP LOCKED
)
UPDATE accounts_user SET presence = CASE
    WHEN chosen_presence <> '' THEN chosen_presence WHEN active_at < %(idle)s THEN 'away' ELSE 'online' END,
    presence_turned_at = CASE
        WHEN chosen_presence = 'away' OR (chosen_presence = '' AND active_at < %(idle)s) THEN presence_turned_at
        ELSE %(now)s END
FROM back WHERE accounts_user.id = back.id
RETURNING company_id, accounts_user.id, presence
"""


def kept(people: Collection[int], *, idle: datetime, now: datetime) -> Presences:
    """Notes that these people have pages open, and brings back who was offline (primary keys).

    Rows are taken in the order of their ids, or skipped for a moment: two processes that write about the same people
    do not wait for one another in a ring.
    """
    return batch(KEPT, {"people": list(people), "idle": idle, "now": now})


SETTLED = """
WITH late AS (
    SELECT u.id, s.seen_at IS NULL OR s.seen_at < %(gone)s AS gone
    FROM accounts_user u LEFT JOIN accounts_sighting s ON s.person_id = u.id
    WHERE u.presence <> 'offline'
      AND (s.seen_at IS NULL OR s.seen_at < %(gone)s
           OR (u.presence = 'online' AND u.chosen_presence = '' AND s.active_at < %(idle)s))
    ORDER BY u.id FOR NO KEY UPDATE OF u SKIP LOCKED
)
UPDATE accounts_user SET presence = CASE WHEN gone THEN 'offline' ELSE 'away' END,
    presence_turned_at = CASE WHEN presence = 'away' THEN presence_turned_at ELSE %(now)s END
FROM late WHERE accounts_user.id = late.id
RETURNING company_id, accounts_user.id, presence
"""


def settled(*, gone: datetime, idle: datetime, now: datetime) -> Presences:
    """Makes offline who was last seen before `gone`, and away who last did something before `idle` (`user_present`)."""
    return batch(SETTLED, {"gone": gone, "idle": idle, "now": now})
