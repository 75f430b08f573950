"""Who offered what is to be taken: a row says it, read with the list or for live pages."""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import connection
from django_scopes import scope

from scopchat.interactions.live_rows import ROWS_NOW, current
from scopchat.interactions.models import Interaction
from scopchat.interactions.rows import Facts
from scopchat.interactions.services.by_itself import offer
from scopchat.interactions.services.holding import give
from scopchat.interactions.tests.desk import NOW, conversation
from tests.cast import Cast
from tests.people import signed_in


def said(html: str) -> list[str]:
    return re.findall(r'data-offered="(\w*)"', html)


def live(interaction: Interaction) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS_NOW, ([interaction.company_id], [interaction.pk]))
        return said(current(Facts(*cursor.fetchone()), ["fr"]).html["fr"])


def listed(cast: Cast) -> list[str]:
    return said(signed_in(cast.agent).get("/messages/").content.decode().partition('id="rows"')[2])


def test_a_queue_did(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    with scope(company=cast.client):
        offer(interaction=made, to=cast.agent.pk, now=NOW)
    assert (live(made), listed(cast)) == (["queue"], ["queue"])


def test_a_colleague_did_though_a_queue_had_before(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    with scope(company=cast.client):
        offer(interaction=made, to=cast.agent2.pk, now=NOW)
        give(interaction=made, acting=cast.manager, to=cast.agent, now=NOW + timedelta(minutes=1))
    assert (live(made), listed(cast)) == (["person"], ["person"])


def test_nobody_did(cast: Cast) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    assert (live(made), listed(cast)) == ([], [])
