"""Files of at most 300 lines, functions of at most 40, lines of templates of at most 120 characters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from scopchat.ops.checks.sources import Breach, Source

FILE_LINES = 300
FUNCTION_LINES = 40
LINE_CHARACTERS = 120
TRANSLATED = re.compile(r"{% translate .*?%}|{% blocktranslate.*?{% endblocktranslate %}")
"""A text to translate stays on one line, as translators have it, and is not counted."""


def small_files(source: Source) -> Iterator[Breach]:
    """A file that has grown past the limit has a second subject, which gets its own file."""
    lines = len(source.text.splitlines())
    if lines > FILE_LINES:
        yield Breach(source.path, lines, f"{lines} lines, at most {FILE_LINES} in a file")


def small_functions(source: Source) -> Iterator[Breach]:
    """Counted from `def` to the last line, docstring excluded: explaining costs nothing."""
    for node in ast.walk(source.tree()) if source.is_python else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = _lines(node) - _docstring_lines(node)
            if lines > FUNCTION_LINES:
                text = f"{node.name} has {lines} lines, at most {FUNCTION_LINES} in a function"
                yield Breach(source.path, node.lineno, text)


def short_lines(source: Source) -> Iterator[Breach]:
    """In templates: one attribute a line where a tag has many. Other files have formatters of their own."""
    for number, line in enumerate(source.text.splitlines() if source.path.suffix == ".html" else (), 1):
        characters = len(TRANSLATED.sub("", line))
        if characters > LINE_CHARACTERS:
            yield Breach(source.path, number, f"{characters} characters, at most {LINE_CHARACTERS} in a line")


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node, clean=False) is None:
        return 0
    statement = node.body[0]
    return (statement.end_lineno or statement.lineno) - statement.lineno + 1
