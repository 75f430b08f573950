"""Every operation on a conversation, in every status, in anybody's hands, by everybody: a table says what comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.common.refusals import Conflict, NotAllowed
from scopchat.interactions.models import Interaction, InteractionEvent
from scopchat.interactions.services import holding, lifecycle
from scopchat.interactions.services.reply import reply
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.queues.models import Queue, QueueMember
from tests.cast import Cast

LATER = NOW + timedelta(minutes=5)
WAITING, OPEN, PAUSED, CLOSED = InteractionStatus
LETTERS = {WAITING: "w", OPEN: "o", PAUSED: "p", CLOSED: "c"}
PEOPLE = ("agent", "elsewhere", "leader", "manager", "user", "owner", "admin", "above")
"""An agent of the queue, one of no queue, one who administers the queue; a manager; a user whose channel it is not and
one whose it is; the company's administrator and the operator's."""

type Operation = Callable[[Interaction, User, Cast], object]


def operation(step: Callable[..., object], **more: Any) -> Operation:
    return lambda interaction, acting, _cast: step(interaction=interaction, acting=acting, now=LATER, **more)


OPERATIONS: dict[str, Operation] = {
    "reply": lambda interaction, acting, _cast: reply(
        interaction=interaction, acting=acting, text="Bien sûr", idempotency_key=uuid4(), now=LATER
    ),
    "acknowledge": operation(lifecycle.acknowledge),
    "take": operation(holding.take),
    "recover": operation(holding.recover),
    "give": lambda interaction, acting, cast: holding.give(
        interaction=interaction, acting=acting, to=cast.agent2, now=LATER
    ),
    "give_to_queue": lambda interaction, acting, _cast: holding.give_to_queue(
        interaction=interaction, acting=acting, queue=Queue.objects.get(name="Facturation"), now=LATER
    ),
    "release": operation(holding.release),
    "pause": operation(lifecycle.pause, until=None),
    "resume": operation(lifecycle.resume),
    "close": operation(lifecycle.close),
    "reopen": operation(lifecycle.reopen),
    "note": operation(lifecycle.note, text="Elle préfère l’après-midi."),
}
# For each person four letters: what comes of it where the conversation waits, is open, is paused, is closed. The letter
# of a status: done, and that is what it is now. "-": not theirs to do. "!": not to be done as it stands.
#             held by   agent elsewhere leader manager user owner admin above
TABLE = """
reply         nobody    ----  ----  ooo!  ooo!  ----  ooo!  ooo!  ooo!
reply         released  ----  ----  ooo!  ooo!  ----  ooo!  ooo!  ooo!
reply         colleague ----  ----  ooo!  ooo!  ----  ooo!  ooo!  ooo!
reply         own       ooo!  ooo!  ooo!  ooo!  ooo!  ooo!  ooo!  ooo!
reply         offered   ooo!  ooo!  ooo!  ooo!  ooo!  ooo!  ooo!  ooo!
acknowledge   nobody    ----  ----  o!!!  o!!!  ----  o!!!  o!!!  o!!!
acknowledge   released  ----  ----  o!!!  o!!!  ----  o!!!  o!!!  o!!!
acknowledge   colleague ----  ----  o!!!  o!!!  ----  o!!!  o!!!  o!!!
acknowledge   own       o!!!  o!!!  o!!!  o!!!  o!!!  o!!!  o!!!  o!!!
acknowledge   offered   o!!!  o!!!  o!!!  o!!!  o!!!  o!!!  o!!!  o!!!
take          nobody    ----  ----  wop!  wop!  ----  wop!  wop!  wop!
take          released  wop!  ----  wop!  wop!  ----  wop!  wop!  wop!
take          colleague !!!-  ----  !!!!  !!!!  ----  !!!!  !!!!  !!!!
take          own       wop!  wop!  wop!  wop!  wop!  wop!  wop!  wop!
take          offered   wop!  wop!  wop!  wop!  wop!  wop!  wop!  wop!
recover       nobody    ----  ----  !!!!  !!!!  ----  !!!!  !!!!  !!!!
recover       released  ----  ----  !!!!  !!!!  ----  !!!!  !!!!  !!!!
recover       colleague ----  ----  wop!  wop!  ----  wop!  wop!  wop!
recover       own       !!!!  !!!!  !!!!  !!!!  !!!!  !!!!  !!!!  !!!!
recover       offered   !!!!  !!!!  !!!!  !!!!  !!!!  !!!!  !!!!  !!!!
give          nobody    ----  ----  wop!  wop!  ----  wop!  wop!  wop!
give          released  ----  ----  wop!  wop!  ----  wop!  wop!  wop!
give          colleague ----  ----  wop!  wop!  ----  wop!  wop!  wop!
give          own       wop!  wop!  wop!  wop!  wop!  wop!  wop!  wop!
give          offered   wop!  wop!  wop!  wop!  wop!  wop!  wop!  wop!
give_to_queue nobody    ----  ----  www!  www!  ----  www!  www!  www!
give_to_queue released  ----  ----  www!  www!  ----  www!  www!  www!
give_to_queue colleague ----  ----  www!  www!  ----  www!  www!  www!
give_to_queue own       www!  www!  www!  www!  www!  www!  www!  www!
give_to_queue offered   www!  www!  www!  www!  www!  www!  www!  www!
release       nobody    ----  ----  !!!!  !!!!  ----  !!!!  !!!!  !!!!
release       released  ----  ----  !!!!  !!!!  ----  !!!!  !!!!  !!!!
release       colleague ----  ----  wop!  wop!  ----  wop!  wop!  wop!
release       own       wop!  wop!  wop!  wop!  wop!  wop!  wop!  wop!
release       offered   wop!  wop!  wop!  wop!  wop!  wop!  wop!  wop!
pause         nobody    ----  ----  pp!!  pp!!  ----  pp!!  pp!!  pp!!
pause         released  ----  ----  pp!!  pp!!  ----  pp!!  pp!!  pp!!
pause         colleague ----  ----  pp!!  pp!!  ----  pp!!  pp!!  pp!!
pause         own       pp!!  pp!!  pp!!  pp!!  pp!!  pp!!  pp!!  pp!!
pause         offered   pp!!  pp!!  pp!!  pp!!  pp!!  pp!!  pp!!  pp!!
resume        nobody    ----  ----  !!o!  !!o!  ----  !!o!  !!o!  !!o!
resume        released  ----  ----  !!o!  !!o!  ----  !!o!  !!o!  !!o!
resume        colleague ----  ----  !!o!  !!o!  ----  !!o!  !!o!  !!o!
resume        own       !!o!  !!o!  !!o!  !!o!  !!o!  !!o!  !!o!  !!o!
resume        offered   !!o!  !!o!  !!o!  !!o!  !!o!  !!o!  !!o!  !!o!
close         nobody    ----  ----  ccc!  ccc!  ----  ccc!  ccc!  ccc!
close         released  ----  ----  ccc!  ccc!  ----  ccc!  ccc!  ccc!
close         colleague ----  ----  ccc!  ccc!  ----  ccc!  ccc!  ccc!
close         own       ccc!  ccc!  ccc!  ccc!  ccc!  ccc!  ccc!  ccc!
close         offered   ccc!  ccc!  ccc!  ccc!  ccc!  ccc!  ccc!  ccc!
reopen        nobody    ----  ----  !!!o  !!!o  ----  !!!o  !!!o  !!!o
reopen        released  ----  ----  !!!o  !!!o  ----  !!!o  !!!o  !!!o
reopen        colleague ----  ----  !!!o  !!!o  ----  !!!o  !!!o  !!!o
reopen        own       !!!o  !!!o  !!!o  !!!o  !!!o  !!!o  !!!o  !!!o
reopen        offered   !!!o  !!!o  !!!o  !!!o  !!!o  !!!o  !!!o  !!!o
note          nobody    wopc  ----  wopc  wopc  ----  wopc  wopc  wopc
note          released  wopc  ----  wopc  wopc  ----  wopc  wopc  wopc
note          colleague wopc  ----  wopc  wopc  ----  wopc  wopc  wopc
note          own       wopc  wopc  wopc  wopc  wopc  wopc  wopc  wopc
note          offered   wopc  wopc  wopc  wopc  wopc  wopc  wopc  wopc
"""
ROWS = [(line.split()[0], line.split()[1], line.split()[2:]) for line in TABLE.strip().splitlines()]


@pytest.fixture
def people(cast: Cast) -> dict[str, User]:
    def agent(name: str) -> User:
        return create_user(
            company=cast.client, username=name, email=f"{name}@exemple.test", display_name=name, role=Role.AGENT,
            password=None,
        )  # fmt: skip

    elsewhere, leader = agent("elsewhere"), agent("leader")
    with scope(company=cast.client):
        QueueMember.objects.create(
            company=cast.client, queue=cast.queue, user=leader, is_agent=False, is_administrator=True
        )
        Queue.objects.create(company=cast.client, name="Facturation")
    return {
        "agent": cast.agent, "elsewhere": elsewhere, "leader": leader, "manager": cast.manager,
        "user": cast.user, "owner": cast.user, "admin": cast.admin, "above": cast.operator_admin,
    }  # fmt: skip


def hands(name: str, person: User, colleague: User) -> dict[str, Any]:
    """Who has the conversation."""
    return {
        "nobody": {},
        "released": {"released_by": colleague},
        "colleague": {"assignee": colleague},
        "own": {"assignee": person},
        "offered": {"assignee": person, "offered_at": NOW},
    }[name]


def outcome(act: Operation, who: str, hand: str, status: InteractionStatus, cast: Cast, people: dict[str, User]) -> str:
    channel = cast.channel_user if who == "owner" else cast.channel_queue
    person = people[who]
    with transaction.atomic(), scope(company=cast.client):
        closed_at = NOW if status == CLOSED else None
        held = hands(hand, person, cast.agent2)
        interaction = conversation(channel, status=status, closed_at=closed_at, texts=0, unread=0, **held)
        try:
            act(interaction, person, cast)
        except NotAllowed:
            letter = "-"
        except Conflict:
            letter = "!"
        else:
            letter = LETTERS[InteractionStatus(Interaction.objects.get(pk=interaction.pk).status)]
        if letter in "-!":
            assert not InteractionEvent.objects.filter(interaction=interaction).exists()
        transaction.set_rollback(True)
    return letter


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_does_to_every_conversation_what_the_table_says(
    cast: Cast, people: dict[str, User], name: str
) -> None:
    wrong = []
    for _name, hand, expected in (row for row in ROWS if row[0] == name):
        for who, letters in zip(PEOPLE, expected, strict=True):
            found = "".join(outcome(OPERATIONS[name], who, hand, status, cast, people) for status in InteractionStatus)
            if found != letters:
                wrong.append(f"{who}, {hand}: {found} instead of {letters}")
    assert wrong == []


def test_the_table_has_every_operation_in_all_hands() -> None:
    assert [row[:2] for row in ROWS] == [
        (name, hand) for name in OPERATIONS for hand in ("nobody", "released", "colleague", "own", "offered")
    ]
