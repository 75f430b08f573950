"""Live streams of a browser whose tabs look at several companies."""

from __future__ import annotations

import pytest

from scopchat.accounts.models import User
from scopchat.gateway.database import in_thread_unscoped
from scopchat.tenancy.models import Company
from tests.cast import Cast
from tests.live import live, opened
from tests.people import Browser, signed_in
from tests.test_live import write

pytestmark = pytest.mark.django_db(transaction=True)


def looking_at(person: User, *companies: Company) -> Browser:
    browser = signed_in(person)
    for company in companies:
        browser.look_at(company)
    return browser


async def test_each_tab_hears_of_its_own_company_alone(cast: Cast) -> None:
    browser = await in_thread_unscoped(looking_at, cast.operator_admin, cast.client, cast.outsider)
    async with (
        live() as feed,
        opened(feed, browser, company=cast.client) as one,
        opened(feed, browser, company=cast.outsider) as other,
    ):
        await in_thread_unscoped(write, cast.outsider_channel, cast.outsider_admin)
        await other.html_with("row-")
        await in_thread_unscoped(write, cast.channel_queue, cast.admin)
        await one.html_with("row-")
        assert all(f'href="/c/{cast.outsider.pk}/messages/' in row for row in other.html if "row-" in row)
        assert all(f'href="/c/{cast.client.pk}/messages/' in row for row in one.html if "row-" in row)


async def test_a_stream_says_nothing_of_a_company_before_entering_it_was_recorded(cast: Cast) -> None:
    browser = await in_thread_unscoped(looking_at, cast.operator_admin)
    async with live() as feed:
        async with opened(feed, browser, company=cast.client) as page:
            assert page.status.result() == 403
        await in_thread_unscoped(browser.look_at, cast.client)
        async with opened(feed, browser, company=cast.client) as page:
            assert page.status.result() == 200


async def test_a_stream_of_somebody_elses_company_is_refused(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.agent, company=cast.outsider) as page:
        assert page.status.result() == 403
