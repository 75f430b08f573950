"""Telephone numbers and other SMS addresses."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from django.utils.translation import gettext as _

from scopchat.common.refusals import Refusal

SHORT_CODE = re.compile(r"[0-9]{3,8}")
ALPHANUMERIC_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ._&+-]{1,11}")


NANP = 1
"""Calling code of the North American Numbering Plan."""


class BadNumber(Refusal):
    """The text is not a number that can exist."""

    code, field = "bad_number", "phone"

    def __init__(self) -> None:
        super().__init__(_("This number cannot exist."))


def to_e164(text: str, *, country: str) -> str:
    """`text` as E.164 (ITU-T), local forms read with `country` (ISO 3166 alpha-2). Raises `BadNumber`."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise BadNumber from None
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        raise BadNumber
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_number(address: str) -> bool:
    """Whether the address is E.164; else it is a short code or an alphanumeric sender."""
    return address.startswith("+")


def to_address(text: str, *, country: str) -> str:
    """A sending or receiving address: E.164, a short code (3 to 8 digits) or an alphanumeric sender (up to 11)."""
    text = text.strip()
    if SHORT_CODE.fullmatch(text) or (ALPHANUMERIC_SENDER.fullmatch(text) and not text.startswith("+")):
        return text
    return to_e164(text, country=country)


def calling_code(country: str) -> int:
    """Of the country, as in E.164; 0 for what is no country."""
    return phonenumbers.country_code_for_region(country)


@lru_cache(maxsize=20_000)
def display(address: str, country: str = "") -> str:
    """The address as people of `country` write it; anything that is no E.164 number comes back unchanged."""
    if not is_number(address):
        return address
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return address
    local = number.country_code == phonenumbers.country_code_for_region(country) if country else False
    style = phonenumbers.PhoneNumberFormat.NATIONAL if local else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    text = phonenumbers.format_number(number, style)
    # As written in Québec: no brackets around the area code.
    return text.replace("(", "").replace(")", "") if local and number.country_code == NANP else text
