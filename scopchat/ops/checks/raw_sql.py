"""Hand-written SQL stays where reviewers look for it."""

from __future__ import annotations

import ast
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
