"""The two reads that every request begins with: the ORM takes longer to build them than they take to run."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django.db import connection

from scopchat.accounts.models import User
from scopchat.tenancy.models import Company

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
