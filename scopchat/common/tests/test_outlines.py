"""Templates with gaps, filled in many times."""

from __future__ import annotations

import pytest

from scopchat.common.outlines import Outline, gap


def test_it_fills_each_gap_with_its_value_on_one_line() -> None:
    outline = Outline(f'<b id="{gap("pk")}">\n    {gap("name")} ({gap("pk")})</b>')

    assert outline.filled({"pk": "7", "name": "Léa"}) == '<b id="7"> Léa (7)</b>'


def test_a_value_that_looks_like_a_gap_is_a_value() -> None:
    assert Outline(f"<b>{gap('name')}</b>").filled({"name": gap("pk"), "pk": "7"}) == f"<b>{gap('pk')}</b>"


def test_a_gap_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="name"):
        Outline(gap("name")).filled({"pk": "7"})
