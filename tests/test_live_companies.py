"""Live streams of who enters one company after another."""

from __future__ import annotations

import asyncio

import pytest
from django.test import Client as Browser

from scopchat.gateway.database import in_thread
from scopchat.tenancy.models import Company
from tests.cast import Cast
from tests.live import live, opened
from tests.test_live import write

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_page_of_a_company_left_in_another_tab_is_told_at_once_and_shows_nothing_of_the_new_one(
    cast: Cast,
) -> None:
    browser = Browser()

    def enter(company: Company) -> None:
        browser.post("/me/company/", {"company": company.pk})

    await in_thread(browser.force_login, cast.operator_admin)
    await in_thread(enter, cast.client)
    query = f"inbox=1&company={cast.client.pk}"
    async with live() as feed:
        async with opened(feed, browser, query=query, since=0) as page:
            await in_thread(enter, cast.outsider)
            assert page.task is not None
            await asyncio.wait_for(page.task, 10)
            await in_thread(write, cast.outsider_channel, cast.outsider_admin)
        async with opened(feed, browser, query=query) as again:
            assert again.status.result() == 409
        assert page.html == again.html == []
        async with opened(feed, browser, query=f"inbox=1&company={cast.outsider.pk}", since=0) as new:
            assert new.status.result() == 200


@pytest.mark.parametrize("company", ["", "0", "-1", "x", "9" * 30])
async def test_a_stream_of_a_company_that_is_not_looked_at_is_refused(cast: Cast, company: str) -> None:
    async with live() as feed, opened(feed, cast.agent, query=f"inbox=1&company={company}") as page:
        assert page.status.result() == (409 if company else 200)
