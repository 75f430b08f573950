"""Which texts are keywords, and of which language."""

from __future__ import annotations

import pytest

from scopchat.channels.providers.base import Wish
from scopchat.optouts.keywords import read_keyword


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
        "S.T.O.P",
        "x" * 500,
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert read_keyword(text) is None
