"""What is a number, and how it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scopchat.common.phones import BadNumber, display, to_address, to_e164


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("514 555-0142", "CA", "+15145550142"),
        ("(514) 555.0142", "CA", "+15145550142"),
        ("1-514-555-0142", "CA", "+15145550142"),
        ("+1 514 555 0142", "FR", "+15145550142"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("0033612345678", "FR", "+33612345678"),
        ("011 33 6 12 34 56 78", "CA", "+33612345678"),
        ("  +33612345678  ", "CA", "+33612345678"),
        ("tel:+15145550142", "CA", "+15145550142"),
    ],
)
def test_it_writes_numbers_as_e164(typed: str, country: str, e164: str) -> None:
    assert to_e164(typed, country=country) == e164


@pytest.mark.parametrize(
    "typed",
    ["", " ", "abc", "12", "12345", "+", "+1", "514 555", "+1 123 456 7890", "+999 123 456 789", "+" + "1" * 40, "\0"],
)
def test_it_refuses_what_is_no_number(typed: str) -> None:
    with pytest.raises(BadNumber):
        to_e164(typed, country="CA")


def test_it_refuses_a_local_number_of_no_country() -> None:
    with pytest.raises(BadNumber):
        to_e164("514 555-0142", country="")


@given(st.text(max_size=40))
def test_it_gives_e164_or_says_no_whatever_is_typed(typed: str) -> None:
    try:
        number = to_e164(typed, country="CA")
    except BadNumber:
        return
    assert number.startswith("+")
    assert number[1:].isascii()
    assert 7 <= len(number[1:]) <= 15
    assert number[1:].isdigit()
    assert to_e164(number, country="FR") == number


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("101", "101"),
        ("12345678", "12345678"),
        (" 54321 ", "54321"),
        ("CLINIQUE", "CLINIQUE"),
        ("Clinique 24", "Clinique 24"),
        ("A&B-c_d.e+f", "A&B-c_d.e+f"),
        ("514 555-0142", "+15145550142"),
        ("+33 6 12 34 56 78", "+33612345678"),
    ],
)
def test_an_address_is_a_number_a_short_code_or_a_name(typed: str, address: str) -> None:
    assert to_address(typed, country="CA") == address


@pytest.mark.parametrize("typed", ["12", "123456789", "TwelveLetter", "Café", "+CLINIQUE", "", "-_.", "a\nb"])
def test_it_refuses_other_addresses(typed: str) -> None:
    with pytest.raises(BadNumber):
        to_address(typed, country="CA")


@pytest.mark.parametrize(
    ("address", "country", "shown"),
    [
        ("+15145550142", "CA", "514 555-0142"),
        ("+15145550142", "US", "514 555-0142"),
        ("+15145550142", "FR", "+1 514-555-0142"),
        ("+15145550142", "", "+1 514-555-0142"),
        ("+33612345678", "FR", "06 12 34 56 78"),
        ("+33612345678", "CA", "+33 6 12 34 56 78"),
        ("54321", "CA", "54321"),
        ("CLINIQUE", "CA", "CLINIQUE"),
        ("+", "CA", "+"),
        ("+abc", "CA", "+abc"),
    ],
)
def test_it_shows_an_address_as_people_there_write_it(address: str, country: str, shown: str) -> None:
    assert display(address, country) == shown
