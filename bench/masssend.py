"""A million recipients: how long they take to prepare, and how fast they are texted, receipts coming back meanwhile.

One channel sends a thousand segments a second at the most, so that the texts leave from several, a mass send on each.

Beside it, in the same run, the same worker sends texts that people wrote (`bench.send`). While the mass send is under
way the inbox is opened and people answer: how long both take is printed too.
"""

from __future__ import annotations

import statistics
import threading
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from bench import crowd, desk, send
from bench.browser import Browser
from bench.past import person

if TYPE_CHECKING:
    from scopchat.accounts.models import User
    from scopchat.masssends.models import MassSend
    from scopchat.tenancy.models import Company

RECIPIENTS, TWICE, LEFT, NAMES, SENDS = 1_000_000, 100_000, 50_000, 50_000, 20
MEASURED = 100_000
"""So many of them are waited for; the rest is cancelled."""
PREPARED_WITHIN, RATIO, PAGE_WITHIN, ANSWER_WITHIN = 10.0, 0.8, 0.050, 1.0
ANSWERS_EVERY = 2.0

CONTACTS_SQL = """
INSERT INTO contacts_contact (company_id, created_at, updated_at, number, name, business, email, search)
SELECT %(company)s, now(), now(), '+1514' || lpad((n::bigint * 7919 %% 9000000)::text, 7, '0'),
       'Client ' || n %% %(names)s, '', '', 'client ' || n
FROM generate_series(1, %(recipients)s) n
ON CONFLICT DO NOTHING
"""
MEMBERS_SQL = """
INSERT INTO contacts_listmember (company_id, list_id, contact_id, added_at)
SELECT %(company)s, %(list)s, id, now() FROM contacts_contact WHERE company_id = %(company)s ORDER BY id
OFFSET %(skipped)s LIMIT %(most)s
"""
LEFT_SQL = """
INSERT INTO optouts_optout (company_id, channel_id, number, since)
SELECT %(company)s, %(channel)s, number, now() FROM contacts_contact WHERE company_id = %(company)s ORDER BY id DESC
LIMIT %(left)s
"""


def _fill(company: Company, channel: int) -> list[int]:
    """A million contacts on one list, some of them on a second, some of whom have left; and each of them on one more.

    The lists in this order.
    """
    from django.db import connection

    from scopchat.common.clock import utc_now
    from scopchat.contacts.models import ContactList

    lists = [
        ContactList.objects.create(company=company, name=f"Liste {place}", created_at=utc_now()).pk
        for place in range(2 + SENDS)
    ]
    share = RECIPIENTS // SENDS
    parts = [(0, RECIPIENTS), (0, TWICE), *((place * share, share) for place in range(SENDS))]
    with connection.cursor() as cursor:
        numbers = {"company": company.pk, "recipients": RECIPIENTS, "names": NAMES, "channel": channel, "left": LEFT}
        cursor.execute(CONTACTS_SQL, numbers)
        for pk, (skipped, most) in zip(lists, parts, strict=True):
            cursor.execute(MEMBERS_SQL, {**numbers, "list": pk, "skipped": skipped, "most": most})
        cursor.execute(LEFT_SQL, numbers)
        for table in ("contacts_contact", "contacts_listmember", "optouts_optout"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return lists


def _prepare(company: Company, channel_id: int, lists: list[int], acting: User) -> tuple[MassSend, float]:
    """One to all of them with a field in it, prepared in this process as its job does; and the seconds that took."""
    from datetime import time as hour

    from scopchat.channels.models import Channel
    from scopchat.common.clock import utc_now
    from scopchat.masssends.audience import Audience
    from scopchat.masssends.models import MassSend
    from scopchat.masssends.services.drafting import Wording, draft
    from scopchat.masssends.services.preparing import Preparation

    wording = Wording(
        text="Bonjour {name|cher client}, la clinique ferme lundi.", closing="Clinique. ARRET pour ne plus recevoir.",
        audience=Audience(lists=tuple(lists)), quiet_from=hour(0), quiet_until=hour(0),
    )  # fmt: skip
    channel = Channel.objects.get(pk=channel_id)
    made = draft(company=company, channel=channel, wording=wording, acting=acting, now=utc_now())
    began = time.perf_counter()
    preparation = Preparation(made.company_id, made.pk)
    while preparation.step(now=utc_now()):
        pass
    seconds = time.perf_counter() - began
    return MassSend.objects.select_related("company", "channel").get(pk=made.pk), seconds


class Office(threading.Thread):
    """Somebody who opens the inbox and answers customers of the same channel until it is over."""

    def __init__(self, user: User, channel_id: int) -> None:
        super().__init__()
        self._user, self._channel_id = user, channel_id
        self._over = threading.Event()
        self.pages: list[float] = []
        self.answers: list[float] = []

    def run(self) -> None:
        from django.db import connection
        from django_scopes import scope

        browser = Browser(self._user)
        while not self._over.wait(0.1):
            self.pages.append(browser.get("/messages/")[0])
            if len(self.pages) % int(ANSWERS_EVERY / 0.1) == 0:
                with scope(company=self._user.company_id):
                    self.answers.append(self._answer())
        connection.close()

    def _answer(self) -> float:
        """Seconds from when it is stored until the carrier has taken it."""
        from scopchat.channels.models import Channel
        from scopchat.common.clock import utc_now
        from scopchat.interactions.models import Message
        from scopchat.interactions.services import start

        channel = Channel.objects.select_related("company").get(pk=self._channel_id)
        text = start.start(
            channel=channel, acting=self._user, phone=f"+1514555{len(self.answers):04d}", text="Oui",
            idempotency_key=uuid4(), now=utc_now(),
        )  # fmt: skip
        began = time.perf_counter()
        while Message.objects.filter(pk=text.pk, status="queued").exists():
            time.sleep(0.01)
        return time.perf_counter() - began

    def report(self) -> bool:
        """Prints how it was; True when the bars are met."""
        p50, p95 = statistics.median(self.pages), sorted(self.pages)[int(len(self.pages) * 0.95)]
        answer = max(self.answers, default=0.0)
        print(f"         meanwhile: inbox p50 {p50 * 1000:.0f}, p95 {p95 * 1000:.0f} ms,", end="")
        print(f" each of {len(self.answers)} answers gone within {answer:.2f} s")
        return p95 <= PAGE_WITHIN and answer <= ANSWER_WITHIN

    def end(self) -> None:
        self._over.set()
        self.join()


def _send(mass_sends: list[MassSend], acting: User, sink_port: int) -> tuple[float, Office]:
    """Texts a second by one worker, and how it was meanwhile for somebody in the inbox."""
    from django_scopes import scope

    from scopchat.common.clock import utc_now
    from scopchat.masssends.services import steering

    with scope(company=acting.company_id):
        for one in mass_sends:
            steering.confirm(mass_send=one, typed=one.waiting, acting=acting, now=utc_now())
    office = Office(acting, mass_sends[0].channel_id)
    with desk.worker():
        while (first := send.sink_counts(sink_port)["taken"]) == 0:
            time.sleep(0.05)
        began = time.perf_counter()
        office.start()
        while (taken := send.sink_counts(sink_port)["taken"]) < MEASURED:
            time.sleep(0.1)
        rate = (taken - first) / (time.perf_counter() - began)
        office.end()
        with scope(company=acting.company_id):
            for one in mass_sends:
                steering.cancel(mass_send=one, acting=acting, now=utc_now())
        deadline = time.monotonic() + 60
        while any(one.on_its_way for one in _as_they_are(mass_sends)) and time.monotonic() < deadline:
            time.sleep(0.2)
    return rate, office


def _as_they_are(mass_sends: list[MassSend]) -> list[MassSend]:
    from scopchat.masssends.models import MassSend

    return list(MassSend.objects.filter(pk__in=[one.pk for one in mass_sends]))


def main() -> bool:
    """Prints seconds, texts a second and ratios; True when the bars are met and nobody was texted twice."""
    sink_port = desk.free_port()
    with desk.installation() as public_url:
        from django_scopes import scopes_disabled

        from scopchat.accounts.roles import Role
        from scopchat.config.asgi import load_pages
        from scopchat.tenancy.models import Company

        people = crowd.make(api_base_url=f"http://127.0.0.1:{sink_port}")
        channel, company_id, _address, _shard = people.channels[0]
        Company.objects.update(mass_sends=True)
        company = Company.objects.get(pk=company_id)
        acting = person(company, "amelie", Role.COMPANY_ADMIN)
        load_pages()
        with desk.web(public_url), scopes_disabled():
            lists = _fill(company, channel)
            prepared, seconds = _prepare(company, channel, lists[:2], acting)
            found = (prepared.chosen, prepared.duplicates, prepared.opted_out, prepared.waiting)
            exact = found == (RECIPIENTS + TWICE, TWICE, LEFT, RECIPIENTS - LEFT)
            print(f"masssend {RECIPIENTS:,} recipients prepared in {seconds:.1f} s, bar {PREPARED_WITHIN:.0f}: {found}")
            channels = [pk for pk, owner, *_rest in people.channels if owner == company_id]
            sends = [_prepare(company, pk, [listed], acting)[0] for pk, listed in zip(channels, lists[2:], strict=True)]
            with desk.running("-m", "bench.sink", str(sink_port), public_url.rpartition(":")[2]):
                desk.wait_for(sink_port)
                rate, office = _send(sends, acting, sink_port)
                counts = send.sink_counts(sink_port)
            made = _as_they_are(sends)
            taken, settled = sum(one.taken for one in made), sum(one.left for one in made)
            exact = exact and counts["twice"] == 0 and taken == settled
            print(f"         {taken:,} taken, {settled:,} settled, sink {counts}")
            with desk.running("-m", "bench.sink", str(sink_port), public_url.rpartition(":")[2]):
                desk.wait_for(sink_port)
                send._fill(people)
                plain = send.TEXTS / send._send()
    print(f"         {rate:,.0f} texts a second, {rate / plain:.2f} of those that people wrote ({plain:,.0f}/s)")
    print(f"         every count exact, nobody texted twice: {'yes' if exact else 'NO'}")
    fast = seconds <= PREPARED_WITHIN and rate >= RATIO * plain
    return office.report() and exact and fast
