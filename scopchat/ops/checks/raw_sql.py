"""Hand-written SQL stays where reviewers look for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from scopchat.ops.checks.sources import Breach, Source

CALLS = {"cursor", "raw", "RunSQL", "RawSQL"}
FILES = {"queries.py"}
PATHS = {"scopchat/gateway/journal.py"}
"""The journal writes thousands of rows a second past the ORM; its one statement is beside its reason."""


def sql_in_its_place(source: Source) -> Iterator[Breach]:
    """`cursor(`, `.raw(`, `RunSQL(` and `RawSQL(` only in `queries.py`, `sql/`, migrations, the journal and ops."""
    if not source.is_python or source.is_test or source.is_operation or _allowed(source):
        return
    for node in ast.walk(source.tree()):
        if isinstance(node, ast.Call) and _called(node) in CALLS:
            yield Breach(source.path, node.lineno, f"{_called(node)}(…) belongs in the domain's queries.py")


def _allowed(source: Source) -> bool:
    return source.path.name in FILES or "sql" in source.path.parts or str(source.path) in PATHS


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


DOMAINS = (
    "accounts",
    "audit",
    "automation",
    "canned",
    "channels",
    "contacts",
    "exports",
    "gateway",
    "interactions",
    "masssends",
    "optouts",
    "queues",
    "tenancy",
)
TABLE = re.compile(rf"\b({'|'.join(DOMAINS)})_[a-z]\w*")


def tables_in_their_own_sql(source: Source) -> Iterator[Breach]:
    """A statement names tables of its own domain; of others it takes a fragment that the other's `queries` exports."""
    if source.is_test or source.is_operation or str(source.path) in PATHS:
        return
    if source.path.suffix != ".sql" and source.path.name not in FILES:
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        for found in TABLE.finditer(line):
            if found[1] != source.domain:
                yield Breach(source.path, number, f"{found[0]} belongs to {found[1]}; take a fragment it exports")
