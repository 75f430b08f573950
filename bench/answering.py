"""People who answer all the while: each opens a conversation that came, and writes back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from urllib.parse import urlencode

from bench.office import Office
from bench.page import Page

PAUSE = 10.0
"""Seconds between two answers of one person."""
KEY = re.compile(rb'name="key"\s+id="draft-key"\s+value="([0-9a-f-]+)"')


async def answer(office: Office, port: int, pages: Sequence[Page]) -> None:
    """Lets every person answer until it is cancelled."""
    people = [
        _answer(page, Page(port, company_id, session, None, lambda *_shown: None), PAUSE * place / len(pages))
        for place, (page, (company_id, session)) in enumerate(zip(pages, office.sessions, strict=True))
    ]
    await asyncio.gather(*people)


async def _answer(page: Page, hands: Page, after: float) -> None:
    await asyncio.sleep(after)
    while True:
        await asyncio.sleep(PAUSE)
        if page.latest is None:
            continue
        address = f"{hands.at}/messages/{page.latest}/"
        key = KEY.search(await hands.ask("GET", address))
        if key is None:
            raise RuntimeError(f"{address} offers no reply")
        written = {"text": "Bien sûr, à demain.", "key": key[1].decode()}
        await hands.ask("POST", f"{address}reply/", urlencode(written).encode())
        page.answers += 1
