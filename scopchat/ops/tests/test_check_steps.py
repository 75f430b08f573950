"""What the answers of outside tools mean."""

from __future__ import annotations

import sys

from scopchat.ops.checks.steps import judged_npm_audit, judged_pip_audit, tool


def test_it_passes_a_tool_that_ends_well() -> None:
    assert tool(sys.executable, "-c", "print('fine')")().passed


def test_it_fails_a_tool_and_keeps_its_words() -> None:
    outcome = tool(sys.executable, "-c", "raise SystemExit('wrong')")()

    assert not outcome.passed
    assert outcome.output == "wrong\n"


def test_it_fails_a_tool_that_is_not_there() -> None:
    assert not tool("/nowhere/biome", "ci")().passed


def test_it_says_when_the_npm_registry_has_no_audit() -> None:
    outcome = judged_npm_audit(1, "npm error audit endpoint returned an error")

    assert outcome.passed
    assert outcome.note == "the npm registry offers no audit here"


def test_it_fails_on_a_vulnerable_npm_package() -> None:
    assert not judged_npm_audit(1, "1 high severity vulnerability").passed


def test_it_says_when_python_packages_cannot_be_audited() -> None:
    outcome = judged_pip_audit(1, "ConnectionError: HTTPSConnectionPool: Max retries exceeded")

    assert outcome.passed
    assert "cannot be reached" in outcome.note


def test_it_fails_on_a_vulnerable_python_package() -> None:
    assert not judged_pip_audit(1, "Found 1 known vulnerability in 1 package").passed


def test_it_passes_sound_python_packages() -> None:
    assert judged_pip_audit(0, "No known vulnerabilities found").note == ""
