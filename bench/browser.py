"""A signed-in person's requests to the whole Django application in this process, and the plans of what they asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scopchat.accounts.models import User

BIG = {"interactions_interaction", "interactions_message", "interactions_interactionevent"}
type Statement = tuple[str, Any]


def session_of(user: User) -> str:
    """A session of the person, as signing in makes it: its cookie's value."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from scopchat.accounts.sessions import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key


class Browser:
    """One person. Requests go through the WSGI application, all middleware included."""

    def __init__(self, user: User) -> None:
        from scopchat.config.wsgi import application

        self._application = application
        self._at = f"/c/{user.company_id}"
        self._cookie = f"sessionid={session_of(user)}"

    def get(self, address: str) -> tuple[float, bytes]:
        """Seconds of server time, and the page. Raises for anything but 200."""
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": self._at + path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1", "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(), "HTTP_COOKIE": self._cookie, "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        statuses: list[str] = []
        began = time.perf_counter()
        response = self._application(environ, lambda status, _headers, *_: statuses.append(status))
        body = b"".join(response)
        response.close()
        seconds = time.perf_counter() - began
        if not statuses[0].startswith("200"):
            raise RuntimeError(f"{address}: {statuses[0]}")
        return seconds, body


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """The statements run in the block, with their parameters."""
    from django.db import connection

    found: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def accesses(statements: list[Statement]) -> list[str]:
    """How the plans of these statements reach the two big tables: index names, or what is worse."""
    from django.db import connection

    found: dict[str, None] = {}
    with connection.cursor() as cursor:
        for sql, params in statements:
            if not any(table in sql for table in BIG) or not sql.lstrip().startswith(("SELECT", "WITH", "--")):
                continue
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            ((plan,),) = cursor.fetchall()
            found.update(dict.fromkeys(_nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])))
    return list(found)


def _nodes(plan: dict[str, Any]) -> Iterator[str]:
    if plan.get("Relation Name") in BIG and plan["Node Type"] == "Seq Scan":
        yield f"SEQ SCAN {plan['Relation Name']}"
    elif (plan.get("Relation Name") in BIG and "Index Name" in plan) or plan["Node Type"] == "Bitmap Index Scan":
        yield plan["Index Name"] + ("" if plan["Node Type"].startswith("Index") else " (bitmap)")
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
