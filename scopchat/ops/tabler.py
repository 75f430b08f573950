"""Trims Tabler's style sheets to the rules that a page of ours can use: a tenth of them, which phones fetch first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scopchat.ops.installation import BASE_DIR

SHEETS = ("tabler.min.css", "tabler.rtl.min.css")
WHOLE = BASE_DIR / "node_modules/@tabler/core/dist/css"
TRIMMED = BASE_DIR / "scopchat/web/static/vendor/tabler/css"
SPEAKERS = ("*/templates/**/*.html", "*/providers/*/templates/**/*.html", "*/static/web/js/*.js", "*/templatetags/*.py")
"""Where classes are named."""
GROUPS = ("@media", "@supports", "@layer", "@container")
CLASS = re.compile(r"\.((?:[\w-]|\\.)+)")
INNERMOST = re.compile(r"\([^()]*\)")
VARIABLE = re.compile(r"""(?<=[{;])(--[\w-]+):(?:[^;}"'(]|"[^"]*"|'[^']*'|\((?:[^()]|\([^()]*\))*\))*+;?""")
MARK = re.compile(
    r"""/\*.*?\*/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()"']|\([^()]*\)|"[^"]*"|'[^']*')*+\)|[{};]""", re.DOTALL
)
"""What begins or ends a rule; comments, quotations and parentheses are passed over as a whole."""
USE = re.compile(r"var\(\s*(--[\w-]+)")


def words(base: Path = BASE_DIR) -> frozenset[str]:
    """Every word of our pages and scripts: among them all classes that an element of ours can have."""
    files = (file for pattern in SPEAKERS for file in (base / "scopchat").glob(pattern))
    return frozenset(word for file in files for word in re.findall(r"[\w-]+", file.read_text()))


def trim(css: str, used: frozenset[str]) -> str:
    """The rules that may apply where no other classes are used than these, one a line, in their order.

    Rules for elements and attributes stay. So do the animations and variables that what is left refers to.
    """
    rules = list(_kept(css, used))
    text = "\n".join(rules)
    rules = [rule for rule in rules if not (found := re.match(r"@(?:-webkit-)?keyframes ([\w-]+)", rule))
             or len(re.findall(rf"\b{re.escape(found[1])}\b", text)) > 1]  # fmt: skip
    return _without_idle_variables("\n".join(rules)) + "\n"


def _kept(css: str, used: frozenset[str]) -> Iterator[str]:
    for head, body in _rules(css):
        if body is None:
            yield head
        elif head.startswith(GROUPS):
            if inner := "\n".join(_kept(body, used)):
                yield f"{head}{{\n{inner}\n}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        elif left := ",".join(each for each in _split(head) if _may_apply(each, used)):
            yield f"{left}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """The rules of a sheet or group, each with what stands between its braces; statements and notices without."""
    start = place = 0
    while found := MARK.search(css, place):
        place = found.end()
        if found[0] == ";" or found[0].startswith("/*"):
            yield css[start:place].strip(), None
            start = place
        elif found[0] == "{":
            end = _end(css, place)
            yield css[start : place - 1].strip(), css[place : end - 1]
            start = place = end


def _end(css: str, start: int) -> int:
    """The place after the brace that closes what was opened before `start`."""
    depth, place = 1, start
    while depth:
        found = MARK.search(css, place)
        assert found, "a brace is not closed"
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        place = found.end()
    return place


def _split(selectors: str) -> list[str]:
    """At commas outside of parentheses."""
    parts, depth = [""], 0
    for char in selectors:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _may_apply(selector: str, used: frozenset[str]) -> bool:
    """Whether its classes are used, but for those in parentheses: `:not(…)`, `:is(…)` may hold without them."""
    outside, before = selector, ""
    while outside != before:
        before, outside = outside, INNERMOST.sub("", outside)
    return all(name.replace("\\", "") in used for name in CLASS.findall(outside))


def _without_idle_variables(css: str) -> str:
    """Takes away variables that nothing reads any more, and then those that only these read."""
    ours = "".join(file.read_text() for file in sorted((BASE_DIR / "scopchat/web/static/web/css").glob("*.css")))
    before = ""
    while css != before:
        before = css
        css = _with_variables(css, frozenset({*USE.findall(css), *USE.findall(ours)}))
    return css


def _with_variables(css: str, read: frozenset[str]) -> str:
    return VARIABLE.sub(lambda found: found[0] if found[1] in read else "", css)


def main() -> None:
    TRIMMED.mkdir(parents=True, exist_ok=True)
    used = words()
    for sheet in SHEETS:
        (TRIMMED / sheet).write_text(trim((WHOLE / sheet).read_text(), used))


if __name__ == "__main__":
    main()
