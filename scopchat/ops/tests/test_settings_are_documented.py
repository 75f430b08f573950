"""Every setting the program reads is explained, and nothing else is."""

from __future__ import annotations

import re

from scopchat.common.env import DECLARED
from scopchat.ops.installation import BASE_DIR

DOCUMENTED = set(re.findall(r"^\| `([A-Z_]+)`", (BASE_DIR / "docs" / "settings.md").read_text(), re.MULTILINE))


def test_it_documents_every_setting() -> None:
    assert set(DECLARED) - DOCUMENTED == set()


def test_it_documents_no_setting_that_is_gone() -> None:
    assert DOCUMENTED - set(DECLARED) == set()
