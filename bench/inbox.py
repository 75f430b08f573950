"""Pages of a company with 200,000 interactions and 2,000,000 messages: server time, and the indexes they stand on."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from bench import desk, past
from bench.browser import Browser, accesses, recorded

if TYPE_CHECKING:
    from scopchat.accounts.models import User

REQUESTS = 120
WARMING = 10
BAR = 0.050
FAR = 100_000
"""Rows skipped by the page number that we do not use."""


def _pages(made: past.Past, thread: int, digits: str) -> dict[str, str]:
    """The pages people open all day, by name."""
    return {
        "inbox, all": "/messages/",
        "inbox, mine": "/messages/?view=mine",
        "inbox, unassigned": "/messages/?view=free",
        "inbox, waiting first": "/messages/?sort=waiting",
        "inbox, one queue": f"/messages/?queue={made.queue_id}",
        "inbox, queue, waiting first": f"/messages/?queue={made.queue_id}&sort=waiting",
        "inbox, number, unknown": "/messages/?q=99999",
        "inbox, number": f"/messages/?q={digits[-4:]}",
        "thread with the inbox": f"/messages/{thread}/",
        "list drawn anew": "/messages/anew",
        "archive": "/interactions/",
        "archive, waiting": "/interactions/?status=waiting",
        "archive, paused": "/interactions/?status=paused",
        "archive, closed": "/interactions/?status=closed",
        "archive, whole number": f"/interactions/?q=%2B{digits}",
        "archive, last digits": f"/interactions/?q={digits[-5:]}",
        "archive, first digits": f"/interactions/?q={digits[1:8]}",
        "archive, digits of nobody": "/interactions/?q=99999",
        "archive, a rare word": f"/interactions/?q=conversation+{thread}",
        "archive, a word in all": "/interactions/?q=merci",
        "archive, beginnings in all": "/interactions/?q=mer+pati",
        "archive, no such word": "/interactions/?q=hippopotame",
        "one interaction": f"/interactions/{thread}/",
    }


def _measure(browser: Browser, address: str) -> tuple[list[float], float]:
    """Seconds of each request, shortest first, and this process's seconds of CPU for one."""
    for _turn in range(WARMING):
        browser.get(address)
    began = time.thread_time()
    times = sorted(browser.get(address)[0] for _turn in range(REQUESTS))
    return times, (time.thread_time() - began) / REQUESTS


def _far(company_id: int) -> tuple[float, float]:
    """Median seconds of the archive's first page in bare SQL, and of the same page by OFFSET far down."""
    from django.db import connection

    list_sql = """SELECT * FROM interactions_interaction WHERE company_id = %s
                  ORDER BY last_activity_at DESC, id DESC LIMIT 51 OFFSET %s"""
    medians = []
    with connection.cursor() as cursor:
        for offset in (0, FAR):
            times = []
            for _turn in range(20):
                began = time.perf_counter()
                cursor.execute(list_sql, [company_id, offset])
                cursor.fetchall()
                times.append(time.perf_counter() - began)
            medians.append(statistics.median(times))
    return medians[0], medians[1]


def _deep(browser: Browser) -> float:
    """Median seconds of the archive as far down as the OFFSET above, by its cursor."""
    from scopchat.interactions import inbox
    from scopchat.interactions.models import Interaction

    at, pk = Interaction.objects.order_by("-last_activity_at", "-id").values_list("last_activity_at", "pk")[FAR]
    times, _cpu = _measure(browser, f"/interactions/?after={inbox.micros(at)}.{pk}")
    return statistics.median(times)


def _report(who: str, user: User, made: past.Past) -> bool:
    """One line a page; True when all meet the bar without reading a big table through."""
    from scopchat.interactions.models import Interaction

    browser = Browser(user)
    thread, customer = Interaction.objects.visible_to(user).not_closed().newest_first().values_list("pk", "customer")[0]
    met = True
    for name, address in _pages(made, thread, customer[1:]).items():
        times, cpu = _measure(browser, address)
        with recorded() as statements:
            browser.get(address)
        used = accesses(statements)
        fast = times[int(len(times) * 0.95)] <= BAR and not any(node.startswith("SEQ") for node in used)
        met = met and fast
        p50, p95 = times[len(times) // 2] * 1000, times[int(len(times) * 0.95)] * 1000
        print(
            f"  {who:9} {name:28} p50 {p50:5.1f}  p95 {p95:5.1f} ms, CPU {cpu * 1000:4.1f} ms"
            f"  {len(statements)} statements  {', '.join(used)}{'' if fast else '  MISSED'}"
        )
    return met


def main() -> bool:
    """Prints every page; True when each p95 is within the bar and no plan reads a big table through."""
    with desk.installation():
        from django_scopes import scopes_disabled

        from scopchat.config.asgi import load_pages
        from scopchat.interactions.models import Interaction, Message

        made = past.make()
        load_pages()
        with scopes_disabled():
            interactions, live = Interaction.objects.count(), Interaction.objects.not_closed().count()
            print(f"inbox   {interactions:,} interactions, {live:,} not closed, {Message.objects.count():,} messages")
            people = {"admin": made.admin, "agent": made.agent, "newcomer": made.newcomer}
            met = all([_report(who, user, made) for who, user in people.items()])  # noqa: C419  print them all
            bare, offset = _far(made.company.pk)
            deep = _deep(Browser(made.admin))
    print(f"        bare SQL of a list {bare * 1000:.2f} ms; by OFFSET {FAR:,} {offset * 1000:.1f} ms")
    print(f"        the whole page that far down {deep * 1000:.1f} ms, {deep / offset:.2f} of that statement alone")
    print(f"        every p95 within {BAR * 1000:.0f} ms, no big table read through: {'yes' if met else 'NO'}")
    return met
