"""Which texts are keywords, and of which language."""

from __future__ import annotations

import unicodedata
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scopchat.channels.providers.base import Wish
from scopchat.common.folding import fold
from scopchat.optouts.keywords import MAX_CHARACTERS, WORDS, read_keyword

ALL = [(wish, language, word) for (wish, language), words in WORDS.items() for word in words]
MARKS = " .,;:!?…¡¿'\"«»“”„‘’()،؛؟\u00a0\u202f\u200e\u200f"
ACCENTS = "\u0300\u0301\u0302\u0308\u0327"


@pytest.mark.parametrize(
    ("text", "wish", "language"),
    [
        ("STOP", Wish.LEAVE, "en"),
        ("stop", Wish.LEAVE, "en"),
        (" Stop! ", Wish.LEAVE, "en"),
        ("« Stop »", Wish.LEAVE, "en"),
        ("Stop   all.", Wish.LEAVE, "en"),
        ("OPT-OUT", Wish.LEAVE, "en"),
        ("opt out", Wish.LEAVE, "en"),
        ("Unsubscribe", Wish.LEAVE, "en"),
        ("Arrêt.", Wish.LEAVE, "fr"),
        ("ARRET", Wish.LEAVE, "fr"),
        ("arre\u0302te", Wish.LEAVE, "fr"),
        ("Désabonner", Wish.LEAVE, "fr"),
        ("START", Wish.RETURN, "en"),
        ("yes", Wish.RETURN, "en"),
        ("Débuter", Wish.RETURN, "fr"),
        ("help?", Wish.HELP, "en"),
        ("Info", Wish.HELP, "en"),
        ("aide", Wish.HELP, "fr"),
        ("«\u202fArrêt\u00a0!\u202f»", Wish.LEAVE, "fr"),
        ("¡Baja!", Wish.LEAVE, "es"),
        ("Começar", Wish.RETURN, "pt"),
        ("„Stopp“", Wish.LEAVE, "de"),
        ("Aiuto", Wish.HELP, "it"),
        ("Afmelden.", Wish.LEAVE, "nl"),
        ("الغاء  الاشتراك", Wish.LEAVE, "ar"),
        ("\u200fإيقاف\u200f", Wish.LEAVE, "ar"),
        ("مساعدة؟", Wish.HELP, "ar"),
    ],
)
def test_a_word_alone_is_a_keyword(text: str, wish: Wish, language: str) -> None:
    keyword = read_keyword(text)
    assert keyword is not None
    assert (keyword.wish, keyword.language) == (wish, language)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "stop it",
        "Please stop",
        "non stop",
        "Arrêt de bus",
        "st op",
        "stop stop",
        "oui",
        "cancelar",
        "إيقاف الحافلة",
        "S.T.O.P",
        "x" * 500,
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert read_keyword(text) is None


def test_there_are_words_of_each_wish_in_eight_languages_and_none_means_two_things() -> None:
    assert {*WORDS} == {
        (wish, language) for wish in Wish for language in ("en", "fr", "es", "pt", "de", "it", "nl", "ar")
    }
    folded = [fold(word) for word in chain(*WORDS.values())]
    assert len({*folded}) == len(folded)


@st.composite
def written(draw: st.DrawFn, word: str) -> str:
    """The word in any case, with any accents, marks around it and spaces within."""
    letters = [draw(st.sampled_from([letter, letter.upper(), letter.lower()])) for letter in word]
    accented = [letter + draw(st.sampled_from(["", *ACCENTS])) if letter.isalpha() else letter for letter in letters]
    text = "".join(accented).replace(" ", draw(st.sampled_from([" ", "  ", "\u00a0"])))
    around = st.text(MARKS, max_size=3)
    return draw(around) + unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), text) + draw(around)


@given(st.data(), st.sampled_from(ALL))
def test_it_is_read_however_it_is_written(data: st.DataObject, one: tuple[Wish, str, str]) -> None:
    wish, language, word = one
    text = data.draw(written(word))
    found = read_keyword(text)
    if len(text) <= MAX_CHARACTERS:
        assert found is not None
        assert (found.wish, found.language, found.word) == (wish, language, word.upper())
    else:
        assert found is None


@given(st.sampled_from(ALL), st.text("abc 12"), st.booleans())
def test_with_more_letters_it_is_a_keyword_only_where_that_is_one(
    one: tuple[Wish, str, str], more: str, is_before: bool
) -> None:
    text = f"{more} {one[2]}" if is_before else f"{one[2]} {more}"
    found = read_keyword(text)
    assert (found is not None) == (fold(text) in {fold(word) for _wish, _language, word in ALL})


@given(st.text())
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    found = read_keyword(text)
    assert found is None or found.word in {word.upper() for _wish, _language, word in ALL}
