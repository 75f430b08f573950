"""The files our own rules look at, and what a rule reports."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

FOLDERS = ("scopchat", "tests", "bench")
KINDS = {".py", ".js", ".css", ".html", ".sql"}
NOT_OURS = {"migrations", "vendor", "node_modules", "__pycache__", "recordings"}


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its path from the root of the repository, and its text."""

    path: PurePosixPath
    text: str

    @property
    def is_python(self) -> bool:
        return self.path.suffix == ".py"

    @property
    def domain(self) -> str:
        """The folder below `scopchat` it belongs to; empty elsewhere."""
        parts = self.path.parts
        return parts[1] if len(parts) > 2 and parts[0] == "scopchat" else ""

    @property
    def is_operation(self) -> bool:
        """Whether it runs the installation or measures it from outside, rather than serving people."""
        return self.domain == "ops" or self.path.parts[0] == "bench"

    @property
    def is_test(self) -> bool:
        parts = self.path.parts
        return parts[0] == "tests" or "tests" in parts or self.path.name == "conftest.py"

    def tree(self) -> ast.Module:
        """The syntax tree. Raises SyntaxError."""
        return ast.parse(self.text, str(self.path))


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a line breaks."""

    path: PurePosixPath
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


Rule = Callable[[Source], Iterator[Breach]]


def sources(root: Path) -> Iterator[Source]:
    """Every file of ours, the same order each time."""
    found = [path for folder in FOLDERS for path in (root / folder).rglob("*") if path.suffix in KINDS]
    for path in sorted([*found, *root.glob("*.py")]):
        relative = path.relative_to(root)
        if not NOT_OURS.intersection(relative.parts):
            yield Source(PurePosixPath(relative), path.read_text(encoding="utf-8"))
