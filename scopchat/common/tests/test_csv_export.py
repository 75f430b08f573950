"""What is exported opens as text, whatever somebody typed."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scopchat.common.csv_export import cell, lines

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@pytest.mark.parametrize("typed", ["=1+1", "+1438", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1"])
def test_it_disarms_formulas(typed: str) -> None:
    assert cell(typed) == f"'{typed}"


@pytest.mark.parametrize(("value", "text"), [(None, ""), (12, "12"), ("Été", "Été"), ("a=b", "a=b")])
def test_it_leaves_everything_else_as_it_is(value: object, text: str) -> None:
    assert cell(value) == text


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_every_cell_comes_back_whole_and_harmless(rows: list[list[str]]) -> None:
    read = list(csv.reader(StringIO(lines(rows), newline="")))
    assert [[value.removeprefix("'") for value in row] for row in read] == [
        [value.removeprefix("'") for value in row] for row in rows
    ]
    assert not [value for row in read for value in row if value.lstrip(" ").startswith(tuple("=+-@\t\r\n"))]
