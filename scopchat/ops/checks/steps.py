"""The steps of `./dev check`: outside tools and our own rules, each with what its answer means."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scopchat.ops.checks.rules import breaches
from scopchat.ops.checks.sources import sources
from scopchat.ops.installation import BASE_DIR

BIN = Path(sys.executable).parent
BIOME = BASE_DIR / "node_modules" / ".bin" / "biome"
SETTINGS_ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "scopchat.config.settings",
    "SCOPCHAT_SECRET_KEY": "check" * 10,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended. `note` stands beside its name, `output` is shown when it failed."""

    passed: bool
    output: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    run: Callable[[], Outcome]


def _command(*command: str | Path) -> tuple[int, str]:
    """The exit code and everything the command said; 127 when it is not there, as in a shell."""
    if not Path(command[0]).exists():
        return 127, f"{command[0]} is not installed; run it through ./dev check"
    done = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        cwd=BASE_DIR,
        env={**os.environ, **SETTINGS_ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def tool(*command: str | Path) -> Callable[[], Outcome]:
    """A step that passes when the command does."""

    def run() -> Outcome:
        code, output = _command(*command)
        return Outcome(code == 0, output)

    return run


def house_rules() -> Outcome:
    """Our own rules over all our files."""
    found = [str(breach) for breach in breaches(sources(BASE_DIR))]
    return Outcome(not found, "\n".join(found))


def pip_audit() -> Outcome:
    """Known vulnerabilities of Python packages; passes with a note where the database of them is out of reach."""
    lock = BASE_DIR / "requirements-dev.lock"
    code, output = _command(
        BIN / "pip-audit",
        "--requirement",
        lock,
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner=off",
    )
    return judged_pip_audit(code, output)


def judged_pip_audit(code: int, output: str) -> Outcome:
    """What pip-audit's answer means: only found vulnerabilities fail."""
    if code != 0 and "known vulnerabilit" not in output:
        return Outcome(True, output, "not done: the vulnerability service cannot be reached")
    return Outcome(code == 0, output)


def npm_audit() -> Outcome:
    """Known vulnerabilities of npm packages, where the registry tells them."""
    npm = shutil.which("npm")
    if npm is None:
        return Outcome(True, note="not done: there is no npm here")
    return judged_npm_audit(*_command(npm, "audit", "--omit=dev", "--audit-level=high"))


def judged_npm_audit(code: int, output: str) -> Outcome:
    """What npm's answer means: a registry without audits (405, 404) or out of reach is no finding."""
    if code != 0 and "audit endpoint" in output:
        return Outcome(True, output, "the npm registry offers no audit here")
    return Outcome(code == 0, output)


STEPS = (
    Step("ruff check", tool(BIN / "ruff", "check", ".")),
    Step("ruff format", tool(BIN / "ruff", "format", "--check", ".")),
    Step("mypy", tool(BIN / "mypy")),
    Step("import layers", tool(BIN / "lint-imports")),
    Step("migrations", tool(sys.executable, "-m", "scopchat.ops.checks.migrations")),
    Step("house rules", house_rules),
    Step("templates", tool(BIN / "djlint", "--lint", "--quiet", "scopchat")),
    Step("scripts and styles", tool(BIOME, "ci", "--colors=off", "--no-errors-on-unmatched", "scopchat")),
    Step("npm audit", npm_audit),
    Step("pip audit", pip_audit),
)
