"""Small rules: no lists of re-exports."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scopchat.ops.checks.sources import Breach, Source


def no_reexports(source: Source) -> Iterator[Breach]:
    """A thing is imported from the module that defines it, so that a reader finds it in one step."""
    if not source.is_python:
        return
    for node in ast.walk(source.tree()):
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == "__all__" for target in node.targets):
            yield Breach(source.path, node.lineno, "__all__ invites re-exports; import from the defining module")
