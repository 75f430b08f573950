"""Small rules: no printing, no lists of re-exports."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scopchat.ops.checks.sources import Breach, Source


def no_printing(source: Source) -> Iterator[Breach]:
    """The server's words go to the log; only commands print, and the programs that tests start."""
    if not source.is_python or source.is_test or source.is_operation:
        return
    for node in ast.walk(source.tree()):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield Breach(source.path, node.lineno, "print(…) is for ops/ and bench/; log instead")


def no_reexports(source: Source) -> Iterator[Breach]:
    """A thing is imported from the module that defines it, so that a reader finds it in one step."""
    if not source.is_python:
        return
    for node in ast.walk(source.tree()):
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == "__all__" for target in node.targets):
            yield Breach(source.path, node.lineno, "__all__ invites re-exports; import from the defining module")
