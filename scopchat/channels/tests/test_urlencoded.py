"""Forms are read and written as Python's own library does."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scopchat.channels.providers.urlencoded import form_of, pairs_of

PIECES = st.text(st.sampled_from("aé=&+%20cC3A9;/?\n\0 "), max_size=40)


def outcome(parse: object, text: str) -> object:
    try:
        return parse(text)  # type: ignore[operator]
    except ValueError:
        return ValueError


@given(PIECES)
@example("a=b&&c&=d&e==f&g=%C3%A9+%2B&h=%zz&i=%")
def test_it_finds_what_the_standard_library_finds(text: str) -> None:
    assert outcome(pairs_of, text) == outcome(lambda t: parse_qsl(t, keep_blank_values=True, errors="strict"), text)


@given(st.lists(st.tuples(st.text(), st.text())))
def test_it_writes_what_the_standard_library_writes(pairs: list[tuple[str, str]]) -> None:
    assert form_of(pairs) == urlencode(pairs).encode()


def test_it_refuses_what_is_not_utf_8() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        pairs_of("a=%FF")
    assert pairs_of("a=%FF", errors="replace") == [("a", "\N{REPLACEMENT CHARACTER}")]
