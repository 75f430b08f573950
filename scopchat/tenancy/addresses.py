"""Where pages stand: a company's at `/c/<id>/…`, so that the address alone says whose data a page shows.

What is a person's own, or open to strangers, has no company in its address (docs/decisions/0029). The company is
Django's script prefix: inside `at`, all that Django reverses stands at the company's addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.urls import get_script_prefix, reverse, set_script_prefix

_COMPANYS = re.compile(r"/c/([1-9][0-9]{0,17})(/.*)?", re.ASCII | re.DOTALL)
"""Ids as we write them: each page has one address."""
_OF_NO_COMPANY = re.compile(r"/(?:account|email|i18n|invitation|me|photo|simulator/carrier|static)/")


class Place(NamedTuple):
    """What an address says."""

    company_id: int | None
    path: str
    """As `config/urls.py` has it, without the company."""


def place_of(path: str) -> Place:
    """The company named in the path, and the rest of it."""
    match = _COMPANYS.fullmatch(path)
    rest = (match[2] or "/") if match else path
    return Place(int(match[1]), rest) if match and is_companys(rest) else Place(None, path)


def is_companys(path: str) -> bool:
    """Whether a company's page stands at the path (without the company)."""
    return not _OF_NO_COMPANY.match(path)


@contextmanager
def at(company_id: int | None) -> Iterator[None]:
    """Inside, addresses are written as the company's; with None, as pages of no company."""
    before = get_script_prefix()
    set_script_prefix(home_of(company_id) if company_id else "/")
    try:
        yield
    finally:
        set_script_prefix(before)


def home_of(company_id: int) -> str:
    """Where one begins to look at the company."""
    return f"/c/{company_id}/"


def outside(name: str, **arguments: object) -> str:
    """The address of a page of no company, also where a company's page is being written."""
    with at(None):
        return reverse(name, kwargs=arguments)


def placed(address: str, company_id: int | None) -> str:
    """What was reversed under the prefix in force, where it belongs: a company's page at this company's addresses."""
    path = address.removeprefix(get_script_prefix().rstrip("/"))
    return f"/c/{company_id}{path}" if company_id and is_companys(path) else path
