"""How texts are counted: 3GPP TS 23.038 and 23.040, and the guide's 900 characters."""

from __future__ import annotations

import unicodedata

import pytest
import smsutil
from hypothesis import example, given
from hypothesis import strategies as st

from scopchat.common.gsm import MAX_CHARACTERS, REPLACEMENTS, TextTooLong, checked, measure, normalise

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
FRENCH_IN_UCS2 = "âçêëîïôûÿœÀÂÈÊËÎÏÔÙÛŸŒ«»’“”–—…\u00a0\u202f"
FRENCH_IN_GSM = "àäéèöùüæÄÇÉÖÜÆ€"
GSM_TEXTS = st.text(alphabet=BASIC + EXTENSION, max_size=700)
ANY_TEXT = st.text(max_size=400)


def septets(text: str) -> list[int]:
    """What each character weighs in GSM-7: those of the extension table are an ESC pair."""
    return [2 if char in EXTENSION else 1 for char in text]


def units(text: str) -> list[int]:
    """What each character weighs in UCS-2: those outside the first plane are a surrogate pair."""
    return [2 if ord(char) > 0xFFFF else 1 for char in text]


def parts(weights: list[int], *, alone: int, per_part: int) -> int:
    """Segments when characters are packed in order and none is cut."""
    if sum(weights) <= alone:
        return 1 if weights else 0
    count, filled = 1, 0
    for weight in weights:
        if filled + weight > per_part:
            count, filled = count + 1, 0
        filled += weight
    return count


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", "GSM-7", 0),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("a" * 900, "GSM-7", 6),
        ("ê" * 70, "UCS-2", 1),
        ("ê" * 71, "UCS-2", 2),
        ("ê" * 134, "UCS-2", 2),
        ("ê" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
        ("ê" * 900, "UCS-2", 14),
    ],
)
def test_it_counts_segments_at_the_limits(text: str, encoding: str, segments: int) -> None:
    measured = measure(text)
    assert (measured.characters, measured.encoding, measured.segments) == (len(text), encoding, segments)


def test_it_never_cuts_an_escape_pair() -> None:
    # 152 septets, then a pair that would straddle the end of the first part.
    text = "a" * 152 + "€" + "a" * 151
    assert sum(septets(text)) == 305
    assert measure(text).segments == 2
    assert measure(text + "a").segments == 3


def test_it_never_cuts_a_surrogate_pair() -> None:
    text = "ê" * 66 + "😀" + "ê" * 65
    assert sum(units(text)) == 133
    assert measure(text).segments == 2
    assert measure(text + "ê").segments == 3


@given(GSM_TEXTS)
@example("a" * 152 + "€" * 77)
def test_a_gsm_text_weighs_what_the_tables_say(text: str) -> None:
    measured = measure(text)
    assert (measured.encoding, measured.forced_by) == ("GSM-7", "")
    assert measured.segments == parts(septets(text), alone=160, per_part=153)


@given(ANY_TEXT, st.sampled_from(FRENCH_IN_UCS2 + "😀漢"))
def test_one_other_character_makes_the_whole_text_ucs2(text: str, other: str) -> None:
    measured = measure(text + other)
    assert measured.encoding == "UCS-2"
    assert measured.segments == parts(units(text + other), alone=70, per_part=67)
    assert measured.forced_by not in BASIC + EXTENSION


def test_the_alphabet_is_that_of_the_standard() -> None:
    accepted = {char for char in map(chr, range(0x3000)) if measure(char).encoding == "GSM-7"}
    # ESC announces the extension table; no text keeps it.
    assert accepted - {"\x1b"} == set(BASIC + EXTENSION)
    assert normalise("a\x1be") == "ae"


@pytest.mark.parametrize("char", FRENCH_IN_UCS2)
def test_these_french_characters_force_ucs2_and_are_named(char: str) -> None:
    measured = measure(f"Voil{char}")
    assert (measured.encoding, measured.forced_by) == ("UCS-2", char)


@pytest.mark.parametrize("char", FRENCH_IN_GSM)
def test_these_french_characters_stay_in_gsm7(char: str) -> None:
    assert measure(char).encoding == "GSM-7"


def test_replacements_keep_a_text_in_gsm7_and_touch_no_accent() -> None:
    assert all(measure(replacement).encoding == "GSM-7" for replacement in REPLACEMENTS.values())
    assert all(measure(char).encoding == "UCS-2" for char in REPLACEMENTS)
    assert not set(REPLACEMENTS) & set("àâäçéèêëîïôöùûüÿÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸ")


def test_nine_hundred_characters_pass_and_one_more_does_not() -> None:
    assert len(checked("é" * MAX_CHARACTERS)) == 900
    with pytest.raises(TextTooLong) as refused:
        checked("é" * 901)
    assert refused.value.count == 901


def test_length_is_counted_in_code_points_after_composition() -> None:
    assert checked("e\u0301" * 900) == "é" * 900
    assert len(checked("😀" * 900)) == 900


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("a\r\nb\rc", "a\nb\nc"), ("  a b \n", "a b"), ("a\0b", "ab"), ("cafe\u0301", "café")],
)
def test_it_normalises_what_was_typed(typed: str, kept: str) -> None:
    assert normalise(typed) == kept


@given(ANY_TEXT)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.one_of(GSM_TEXTS, ANY_TEXT))
def test_the_parts_of_a_text_put_together_are_the_text(text: str) -> None:
    assert "".join(part.content for part in smsutil.split(text).parts) == text
