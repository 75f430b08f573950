"""Companies whose people all have a page open, each with a thread, and the texts that come in for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from bench import desk, load
from bench.browser import session_of
from bench.past import person

if TYPE_CHECKING:
    from scopchat.channels.models import Channel

COMPANIES, USERS = 20, 14
"""And one administrator in each company, who sees what all of its users see."""


@dataclass(slots=True)
class Office:
    """What may be seen by whom, and what was."""

    callback_url: str = ""
    channels: list[tuple[int, int, str]] = field(default_factory=list)
    """Channel, company, address."""
    sessions: list[tuple[int, str]] = field(default_factory=list)
    """With the company of each."""
    people: list[int] = field(default_factory=list)
    """Whose session each is."""
    threads: list[int | None] = field(default_factory=list)
    """The interaction open on each page."""
    watchers: dict[int, set[int]] = field(default_factory=dict)
    """The pages that may see each channel's texts, by their place in `sessions`."""
    sent: dict[int, tuple[int, bool, float]] = field(default_factory=dict)
    """Channel of each mark, whether it went to the open thread, and its moment."""
    answered: dict[int, float] = field(default_factory=dict)
    """Seconds that the carrier waited for the answer to each."""
    latencies: dict[tuple[int, int], float] = field(default_factory=dict)
    """Of each mark on each page."""
    foreign: int = 0

    def first(self, pages: int) -> Self:
        """Of these pages alone, and the channels that somebody at them looks at."""
        watchers = {pk: seen & {*range(pages)} for pk, seen in self.watchers.items()}
        watchers = {pk: seen for pk, seen in watchers.items() if seen}
        channels = [channel for channel in self.channels if channel[0] in watchers]
        shown = {name: getattr(self, name)[:pages] for name in ("sessions", "people", "threads")}
        return replace(self, channels=channels, watchers=watchers, **shown)

    def begin(self, languages: Sequence[str]) -> None:
        """Forgets what was seen, and gives people these languages, neighbours different ones."""
        from scopchat.accounts.models import User

        for place, language in enumerate(languages):
            User.objects.filter(pk__in=self.people[place :: len(languages)]).update(language=language)
        self.sent, self.answered, self.latencies = {}, {}, {}

    def shown(self, page: int, marks: set[int], moment: float, in_thread: bool) -> None:
        # A page that opens is also shown what changed in the last seconds, which may be of an earlier round.
        for mark in marks & self.sent.keys():
            channel, to_open_thread, began = self.sent[mark]
            if page not in self.watchers[channel]:
                self.foreign += 1
            if in_thread == (to_open_thread and self.threads[page] is not None):
                self.latencies.setdefault((mark, page), moment - began)


def make(*, api_base_url: str = "") -> Office:
    """Companies whose people look at their channels, through the services."""
    from django_scopes import scope

    from scopchat.accounts.roles import Role
    from scopchat.channels.lending import lend_provider
    from scopchat.channels.models import Destination
    from scopchat.channels.services import create_channel, create_provider
    from scopchat.common.clock import utc_now
    from scopchat.tenancy.kinds import Kind
    from scopchat.tenancy.services import create_company

    office = Office()
    operator = create_company(parent=None, kind=Kind.OPERATOR, name="Bench")
    with scope(company=operator):
        credentials = {"account_sid": desk.SID, "auth_token": desk.TOKEN}
        provider = create_provider(
            company=operator, kind="twilio", name="Bench", credentials=credentials, api_base_url=api_base_url
        )
    office.callback_url = f"{provider.callback_url}/inbound"
    for c in range(COMPANIES):
        company = create_company(parent=operator, kind=Kind.CLIENT, name=f"Client {c}")
        lend_provider(provider=provider, borrower=company, acting=None, now=utc_now())
        administrator = person(company, f"admin{c}", Role.COMPANY_ADMIN)
        office.people.append(administrator.pk)
        office.sessions.append((company.pk, session_of(administrator)))
        office.threads.append(None)
        admin = len(office.sessions) - 1
        for u in range(USERS):
            user = person(company, f"user{c}-{u}", Role.USER)
            with scope(company=company):
                channel = create_channel(
                    company=company, provider=provider, name=f"{c}-{u}", address=f"+1438{5550000 + c * 100 + u:07d}",
                    destination=Destination.USERS, users=[user],
                )  # fmt: skip
            office.people.append(user.pk)
            office.sessions.append((company.pk, session_of(user)))
            office.threads.append(_open_thread(channel))
            office.channels.append((channel.pk, company.pk, channel.address))
            office.watchers[channel.pk] = {admin, len(office.sessions) - 1}
    return office


def _open_thread(channel: Channel) -> int:
    """A conversation of the channel with its own customer."""
    from django_scopes import scopes_disabled

    from scopchat.channels.providers.base import InboundMessage
    from scopchat.common.clock import utc_now
    from scopchat.interactions.models import Interaction
    from scopchat.interactions.services.receive import Arrival, receive

    customer = _customer(channel.pk)
    message = InboundMessage(f"open{channel.pk}", customer, channel.address, "Bonjour")
    with scopes_disabled():
        receive(arrivals=[Arrival(channel.company_id, channel.pk, None, message, utc_now())], now=utc_now())
        return int(Interaction.objects.get(channel=channel, customer=customer).pk)


def _customer(channel: int) -> str:
    """Whose thread is open."""
    return f"+1418{5550000 + channel:07d}"


def is_to_open_thread(n: int) -> bool:
    """Every twentieth text, all channels in turn."""
    return (n + n // (COMPANIES * USERS)) % 20 == 0


def requests(office: Office, marks: range) -> list[tuple[int, bytes]]:
    """Signed callbacks with a mark each, with their channels: from the open thread's customer, or each from another."""
    from scopchat.channels.providers.twilio.fake import callbacks
    from scopchat.channels.providers.twilio.fake.carrier import TwilioFake

    carrier, path = TwilioFake(desk.SID, desk.TOKEN), urlsplit(office.callback_url).path
    made = []
    for n in marks:
        channel, _company, address = office.channels[n * 37 % len(office.channels)]
        callback = callbacks.inbound(
            carrier, office.callback_url, recipient=address,
            sender=_customer(channel) if is_to_open_thread(n) else f"+1514{5550000 + n:07d}",
            body=f"Bonjour, marque-{n}- à confirmer", sid=f"SM{n:032d}",
        )  # fmt: skip
        made.append((channel, load.post(path, callback.headers, callback.body)))
    return made
