"""The trimmed style sheets."""

from __future__ import annotations

import pytest

from scopchat.ops import tabler

CSS = (
    '@charset "UTF-8";/*! MIT */:root{--kept:red;--idle:blue;--behind:var(--idle)}p,.gone{color:var(--kept)}'
    ".btn.gone,.btn:not(.gone){a:b}@media print{.gone{a:b}}@media screen{.btn::after{content:'}{;'}}"
    '@keyframes spin{to{a:b}}@keyframes unseen{to{a:b}}.btn{animation:spin 1s;background:url("data:;{}")}'
)


def test_it_keeps_what_an_element_of_ours_can_have() -> None:
    assert tabler.trim(CSS, frozenset({"btn"})).splitlines() == [
        '@charset "UTF-8";',
        "/*! MIT */",
        ":root{--kept:red;}",
        "p{color:var(--kept)}",
        ".btn:not(.gone){a:b}",
        "@media screen{",
        ".btn::after{content:'}{;'}",
        "}",
        "@keyframes spin{to{a:b}}",
        '.btn{animation:spin 1s;background:url("data:;{}")}',
    ]


@pytest.mark.parametrize("sheet", tabler.SHEETS)
def test_the_sheets_fit_the_pages(sheet: str) -> None:
    expected = tabler.trim((tabler.WHOLE / sheet).read_text(), tabler.words())

    assert (tabler.TRIMMED / sheet).read_text() == expected, (
        "Pages use other classes than before: run ./dev trim, and commit what it writes."
    )
