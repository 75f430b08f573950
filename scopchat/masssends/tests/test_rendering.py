"""What recipients are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scopchat.common.gsm import measure
from scopchat.masssends.rendering import BadField, check_fields, rendered
from scopchat.masssends.sizes import segments_of

WORDS = st.text(max_size=40)
FIELDS = st.sampled_from(["{name|vous}", "{business|votre entreprise}", "{name|a b}"])


@pytest.mark.parametrize(
    "text", ["Bonjour", "Bonjour {name|cher client} !", "{business|Vous}", "{name|a}{name|b}", "à 5 $ | 6 $"]
)
def test_fields_with_something_for_those_without_are_taken(text: str) -> None:
    check_fields(text)


@pytest.mark.parametrize(
    "text",
    [
        "{name}",
        "{name|}",
        "{name| }",
        "{nom|vous}",
        "{name|vous",
        "name|vous}",
        "{",
        "}",
        "{}",
        "{{name|vous}}",
        "{a|b|c}",
    ],
)
def test_what_would_be_sent_in_braces_is_refused(text: str) -> None:
    with pytest.raises(BadField):
        check_fields(text)


def test_fields_are_filled_in_or_say_something_else() -> None:
    text = "Bonjour {name|vous} de {business|chez nous}."
    assert rendered(text, "Laurier. STOP", {"name": "Julie", "business": " "}) == (
        "Bonjour Julie de chez nous.\nLaurier. STOP"
    )
    assert rendered("Bonjour", "", {}) == "Bonjour"


def test_what_a_contact_is_called_is_no_field() -> None:
    assert rendered("{name|vous}", "", {"name": "{business|x}", "business": "y"}) == "{business|x}"


@given(parts=st.lists(WORDS | FIELDS, max_size=6), name=WORDS, business=WORDS)
def test_no_field_is_ever_sent(parts: list[str], name: str, business: str) -> None:
    text = "".join(parts)
    try:
        check_fields(text)
    except BadField:
        return
    plain = name.translate({ord("{"): "", ord("}"): ""}), business.translate({ord("{"): "", ord("}"): ""})
    sent = rendered(text, "", {"name": plain[0], "business": plain[1]})
    assert "{" not in sent
    assert "}" not in sent


@given(text=st.text(st.sampled_from("abé€[ç’😀 \n@ÇÀ'"), max_size=400) | st.text(max_size=200))
def test_segments_are_those_that_are_counted_one_by_one(text: str) -> None:
    assert segments_of(text) == max(1, measure(text).segments)
