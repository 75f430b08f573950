"""Runs inside the installation under test: reads `[function, arguments]` a line, answers one JSON line each."""

from __future__ import annotations

import json
import os
import re
import sys
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.db import connection, connections, transaction
from django_scopes import scope, scopes_disabled

from scopchat.accounts import invitations, presence
from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.channels.models import Channel, Destination, InboundEvent, PendingEvent, Provider
from scopchat.channels.providers.base import InboundMessage, Receipt, ReceiptStatus
from scopchat.channels.providers.simulator.models import Outcome
from scopchat.channels.providers.simulator.services import set_behaviour, text_from_phone
from scopchat.channels.services import create_channel, create_provider
from scopchat.common.clock import utc_now
from scopchat.interactions.models import Interaction, InteractionEvent, Message, Purpose
from scopchat.interactions.services import delivery, holding, lifecycle, receive, reply, start
from scopchat.interactions.services.indexing import BATCH, index_texts
from scopchat.ops import demo
from scopchat.tenancy.addresses import is_companys, placed
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import create_company
from tests.pages import PAGES, things_of, values_of
from tests.processes import left_alone, mass_sending, queue_work

SID, TOKEN = "AC" + "0" * 32, "kill-test-token"
CHANNELS = 8
STAYS = re.compile(r"django_migrations|django_content_type|django_site|auth_permission|gateway_.*|procrastinate_.*")
"""Tables of the installation itself."""


def empty() -> None:
    """As if nobody had ever used the installation; no number is given out a second time."""
    with transaction.atomic(), connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if not STAYS.fullmatch(name)]
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_no_truncate")
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_no_truncate")


def set_up() -> dict[str, Any]:
    """The cast alone, and a Twilio account with several numbers of the client's."""
    empty()
    cast = demo.create(password="bonjour-scopchat")
    with scope(company=cast.client):
        provider = create_provider(
            company=cast.client,
            kind="twilio",
            name="Twilio",
            credentials={"account_sid": SID, "auth_token": TOKEN},
            api_base_url=os.environ["TEST_CARRIER_URL"],
        )
        addresses = []
        for n in range(CHANNELS):
            channel = create_channel(
                company=cast.client, provider=provider, name=f"T{n}", address=f"+1514555010{n}",
                destination=Destination.QUEUE, queue=cast.queue, throughput=1000,
            )  # fmt: skip
            addresses.append(channel.address)
    return {"callback_url": provider.callback_url, "addresses": addresses}


def many_companies(count: int) -> None:
    """So many clients below the reseller L1, and its administrator René."""
    above = Company.objects.get(name="Télécom Laval")
    create_user(
        company=above, username="rene", email="rene@exemple.test", display_name="René Roy", role=Role.RESELLER_ADMIN,
        password="bonjour-scopchat",
    )  # fmt: skip
    for number in range(count):
        create_company(parent=above, kind=Kind.CLIENT, name=f"Client {number:04d}")


def many_people(count: int) -> None:
    """So many agents of the client's."""
    company = Company.objects.get(name="Clinique Laurier")
    for number in range(count):
        create_user(
            company=company, username=f"elodie{number}", email=f"elodie{number}@exemple.test",
            display_name=f"Élodie {number:02}", role=Role.AGENT, password=None,
        )  # fmt: skip


def queue(keys: list[str]) -> int:
    """One text per key from a channel to a customer of its own, through the service; safe to repeat."""
    company = Company.objects.get(name="Clinique Laurier")
    with scope(company=company):
        channels = list(Channel.objects.filter(name__startswith="T").select_related("company").order_by("id"))
        admin = company.users.get(username="amelie")
        for key in keys:
            number = int(key)
            start.start(
                channel=channels[number % CHANNELS],
                acting=admin,
                phone=f"+1438{5550000 + number:07d}",
                text=f"Message {number}",
                idempotency_key=uuid.UUID(int=number + 1),
                now=utc_now(),
            )
    return len(keys)


def inbound() -> list[str]:
    """The carrier ids of every stored inbound message, repetitions included."""
    return list(Message.objects.filter(direction="in").order_by("id").values_list("carrier_id", flat=True))


def threads() -> dict[str, list[str]]:
    """Each customer's texts in the order of their thread."""
    found: dict[str, list[str]] = {}
    rows = Message.objects.filter(direction="in").order_by("id").values_list("interaction__customer", "text")
    for customer, text in rows:
        found.setdefault(customer, []).append(text)
    return found


def outbound() -> dict[str, str]:
    """Status of each text that people wrote, by its words."""
    return dict(Message.objects.filter(direction="out", purpose=Purpose.CONVERSATION).values_list("text", "status"))


def confirmations() -> list[tuple[str, str]]:
    """Each automatic reply: to whom, and its status."""
    return list(Message.objects.filter(purpose=Purpose.AUTOMATIC).values_list("customer", "status"))


def journal() -> dict[str, int]:
    """How many events there are in each state; "pending" are those not handled yet."""
    found = Counter(InboundEvent.objects.values_list("state", flat=True))
    found["pending"] = PendingEvent.objects.count()
    found["done"] = found.pop("accepted", 0) - found["pending"]
    return {state: count for state, count in found.items() if count}


def invite() -> None:
    """Somebody new is invited by e-mail."""
    company = Company.objects.get(name="Clinique Laurier")
    person = create_user(
        company=company, username="nadia", email="nadia@exemple.test", display_name="Nadia Roy", role=Role.AGENT,
        password=None,
    )  # fmt: skip
    invitations.invite(person=person, acting=None)


def hook_tokens() -> list[str]:
    return [provider.hook_token for provider in Provider.objects.all()]


def silent_phone(number: str) -> None:
    """A toy phone of the client's that takes texts and never reports on them."""
    company = Company.objects.get(name="Clinique Laurier")
    with scope(company=company):
        set_behaviour(company=company, phone=number, behaviour={"outcome": Outcome.SILENT})


def write_in(number: str, text: str) -> None:
    """A customer's text to the clinic's queue is stored."""
    company = Company.objects.get(name="Clinique Laurier")
    with scope(company=company):
        channel = Channel.objects.get(name="Accueil")
        message = InboundMessage(uuid.uuid4().hex, number, channel.address, text)
        arrival = receive.Arrival(company.pk, channel.pk, channel.queue_id, message, utc_now())
        receive.receive(arrivals=[arrival], now=utc_now())


def long_talk(number: str, earlier: int, texts: int, unread: int) -> None:
    """A customer wrote so many texts in a conversation that is over, and in one under way, the latest of them unread.

    They are "avant 0", "avant 1" and so on, then "texte 0" and so on; every one can be searched.
    """
    company = Company.objects.get(name="Clinique Laurier")
    with scope(company=company):
        channel = Channel.objects.get(name="Accueil")

        def write(words: str, count: int) -> Interaction:
            told = (
                InboundMessage(uuid.uuid4().hex, number, channel.address, f"{words} {place}") for place in range(count)
            )
            arrivals = [receive.Arrival(company.pk, channel.pk, channel.queue_id, one, utc_now()) for one in told]
            receive.receive(arrivals=arrivals, now=utc_now())
            made: Interaction = Interaction.objects.get(customer=number, closed_at=None)
            return made

        over = write("avant", earlier)
        lifecycle.close(interaction=over, acting=company.users.get(username="karim"), now=utc_now())
        Interaction.objects.filter(pk=write("texte", texts).pk).update(unread=unread)
    while index_texts(now=utc_now()) == BATCH:
        pass


def write_many(first: int, count: int) -> None:
    """So many customers write to the clinic's queue, whose agents are there."""
    agents = User.objects.filter(username__in=["sophie", "linh"])
    presence.keep(list(agents.values_list("pk", flat=True)), now=utc_now())
    for number in range(first, first + count):
        write_in(f"+1819555{number:04}", "Bonjour")


def offered() -> list[list[str]]:
    """What happened in each of these conversations, where anything did."""
    happened: dict[int, list[str]] = {}
    for one in InteractionEvent.objects.filter(interaction__customer__startswith="+1819555").order_by("id"):
        happened.setdefault(one.interaction_id, []).append(one.happening)
    return list(happened.values())


def conversation(number: str, text: str) -> None:
    """A customer's text, answered by Sophie with the same words."""
    write_in(number, text)
    company = Company.objects.get(name="Clinique Laurier")
    with scope(company=company):
        people = {person.username: person for person in company.users.all()}
        thread = Interaction.objects.select_related("channel", "queue", "assignee").get(customer=number)
        holding.give(interaction=thread, acting=people["karim"], to=people["sophie"], now=utc_now())
        thread.refresh_from_db()
        reply.reply(interaction=thread, acting=people["sophie"], text=text, idempotency_key=uuid.uuid4(), now=utc_now())


def report(text: str, status: str) -> None:
    """The carrier's receipt of this text comes in, long after anything else happened in its conversation."""
    message = Message.objects.select_related("interaction__channel").get(text=text, direction="out")
    Interaction.objects.filter(pk=message.interaction_id).update(changed_at=utc_now() - timedelta(hours=1))
    receipt = Receipt(message.carrier_id, message.interaction.channel.address, ReceiptStatus(status), status)
    delivery.apply_receipts(reports=[delivery.Report(message.interaction.channel_id, receipt, utc_now())])


def twin(username: str) -> str:
    """Somebody who may do what this person may; returns who."""
    person = User.objects.select_related("company").get(username=username)
    made = create_user(
        company=person.company, username=f"{username}2", email=f"{username}2@exemple.test", display_name="Double",
        role=Role(person.role), password="bonjour-scopchat",
    )  # fmt: skip
    return made.username


def addresses(username: str) -> list[str]:
    """Every address there is, about things that the person's company has."""
    person = User.objects.select_related("company").get(username=username)
    things = things_of(person.company, person)
    found = {page.address(values_of(page, things)) for page in PAGES}
    return sorted(placed(one, person.company_id) if is_companys(one) else one for one in found)


def say(inbound: str, outbound: str) -> None:
    """A customer texts the client from a toy phone, and the client texts a customer of Twilio's, which is down."""
    company = Company.objects.get(name="Clinique Laurier")
    with scope(company=company):
        toy = Channel.objects.filter(provider__kind="simulator").order_by("id")[0]
        text_from_phone(channel=toy, phone="+15145550142", text=inbound, now=utc_now())
        start.start(
            channel=Channel.objects.get(name="T0"), acting=company.users.get(username="amelie"), phone="+14385550000",
            text=outbound, idempotency_key=uuid.uuid4(), now=utc_now(),
        )  # fmt: skip


COMMANDS = {**globals(), **vars(left_alone), **vars(mass_sending), **vars(queue_work)}


def main() -> None:
    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            with scopes_disabled():
                answer = {"value": COMMANDS[name](**arguments)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        finally:
            connections.close_all()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
