"""Runs on a database that was taken over: opens the demo's inbox, sends what waits, and tells what it saw as JSON."""

from __future__ import annotations

import asyncio
import json

import django

django.setup()

from django.db import connections
from django_scopes import scopes_disabled

from scopchat.accounts.models import User
from scopchat.accounts.services import everyone_of
from scopchat.channels.drains import Work
from scopchat.channels.models import Channel, Provider
from scopchat.common import http
from scopchat.gateway import copies, leases, sender
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.tests.carriers import answering, serving
from scopchat.interactions.models import Message
from scopchat.tenancy.models import Company
from tests.people import Browser


def point_at(url: str) -> int:
    Provider.objects.update(api_base_url=url)
    return int(Channel.objects.get(name="Accueil").shard)


async def send() -> None:
    async with serving(answering(201, b'{"id": "sim-upgraded"}')) as url, http.Client(allow_private=True) as client:
        shard = await in_thread_unscoped(point_at, url)
        await sender.run(await in_thread_unscoped(leases.take, Work.SEND, shard), client)


def inbox_of(username: str) -> tuple[int, int]:
    """The status of the person's inbox, and its rows."""
    browser = Browser(HTTP_HOST="127.0.0.1")
    browser.force_login(User.objects.get(username=username))
    inbox = browser.get("/messages/", follow=True)
    return inbox.status_code, inbox.content.decode().count('class="row-i')


def main() -> None:
    of_admin, of_agent = inbox_of("amelie"), inbox_of("sophie")
    held = copies.held_since()
    company = User.objects.get(username="amelie").company
    asyncio.run(send())
    with scopes_disabled():
        texts = {text.text: text for text in Message.objects.filter(text__in=["Still to be sent", "Nobody knows"])}
    seen = {
        "of_admin": of_admin,
        "of_agent": of_agent,
        "held": held is not None,
        "found": [person.username for person in everyone_of(company).mentioning("amelie gagnon")],
        "not_searchable": User.with_archived.filter(search="").count() + Company.objects.filter(search="").count(),
        "statuses": {words: (text.status, text.carrier_id) for words, text in texts.items()},
    }
    connections.close_all()
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
