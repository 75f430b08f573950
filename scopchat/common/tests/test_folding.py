"""Searching without regard to case or accents."""

from __future__ import annotations

import pytest

from scopchat.common.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Amélie  Gagnon", "amelie gagnon"),
        ("ÉCOLE", "ecole"),
        ("e\u0301cole", "ecole"),
        ("Straße", "strasse"),
        ("  +1 438 ", "+1 438"),
        ("", ""),
    ],
)
def test_it_drops_case_accents_and_needless_spaces(text: str, folded: str) -> None:
    assert fold(text) == folded
