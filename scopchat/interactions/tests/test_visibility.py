"""Who sees which conversation, and who may answer it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.interactions.models import Interaction
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import conversation, said
from scopchat.interactions.visibility import within_reach
from scopchat.queues.services import set_members
from tests.cast import Cast


@dataclass(frozen=True)
class Scene:
    """A conversation of each sort, by name."""

    cast: Cast
    conversations: dict[str, Interaction]

    def names(self, found: object) -> set[str]:
        ids = {interaction.pk for interaction in found}  # type: ignore[attr-defined]
        return {name for name, interaction in self.conversations.items() if interaction.pk in ids}


@pytest.fixture
def scene(cast: Cast) -> Scene:
    queue, own, elsewhere = cast.channel_queue, cast.channel_user, cast.outsider_channel
    return Scene(
        cast,
        {
            "free": conversation(queue, "+15145550101"),
            "sophie's": conversation(queue, "+15145550102", assignee=cast.agent),
            "linh's": conversation(queue, "+15145550103", assignee=cast.agent2),
            "closed": conversation(queue, "+15145550104", status=InteractionStatus.CLOSED),
            "marc's channel": conversation(own, "+15145550105"),
            "given to sophie": conversation(own, "+15145550106", assignee=cast.agent),
            "the bakery's": conversation(elsewhere, "+15145550107"),
        },
    )


QUEUE = {"free", "sophie's", "linh's", "closed"}
OWN_CHANNEL = {"marc's channel", "given to sophie"}
CLINIC = QUEUE | OWN_CHANNEL
SEES = {
    "agent": QUEUE | {"given to sophie"},
    "agent2": QUEUE,
    "user": OWN_CHANNEL,
    "manager": CLINIC,
    "admin": CLINIC,
    "operator_admin": CLINIC,
    "outsider_admin": set(),
}
ANSWERS = {
    "agent": {"sophie's", "given to sophie"},
    "agent2": {"linh's"},
    "user": OWN_CHANNEL,
    "manager": CLINIC,
    "admin": CLINIC,
    "operator_admin": CLINIC,
    "outsider_admin": set(),
}


@pytest.mark.parametrize("who", SEES)
def test_each_person_sees_what_their_role_reaches(scene: Scene, who: str) -> None:
    person: User = getattr(scene.cast, who)
    with scope(company=scene.cast.client):
        assert scene.names(Interaction.objects.visible_to(person)) == SEES[who]
        assert (
            scene.names(Interaction.objects.filter(within_reach(person, person.reach(Permission.ANSWER))))
            == ANSWERS[who]
        )


def test_the_outsider_sees_their_own_company_alone(scene: Scene) -> None:
    with scope(company=scene.cast.outsider):
        assert scene.names(Interaction.objects.visible_to(scene.cast.outsider_admin)) == {"the bakery's"}


@pytest.mark.parametrize("who", ["agent", "agent2", "user", "manager", "admin"])
def test_even_without_a_scope_nobody_of_a_client_sees_another_company(scene: Scene, who: str) -> None:
    with scopes_disabled():
        assert scene.names(Interaction.objects.visible_to(getattr(scene.cast, who))) == SEES[who]


def test_leaving_a_queue_ends_the_sight_of_it(scene: Scene) -> None:
    with scope(company=scene.cast.client):
        set_members(queue=scene.cast.queue, agents=[scene.cast.agent2])
        assert scene.names(Interaction.objects.visible_to(scene.cast.agent)) == {"sophie's", "given to sophie"}


def test_the_inbox_leaves_out_what_is_closed_and_shows_the_latest_first(cast: Cast) -> None:
    late = conversation(cast.channel_queue, "+15145550101", minutes=5)
    early = conversation(cast.channel_queue, "+15145550102")
    conversation(cast.channel_queue, "+15145550103", status=InteractionStatus.CLOSED)
    with scope(company=cast.client):
        assert list(Interaction.objects.visible_to(cast.admin).not_closed().newest_first()) == [late, early]


def test_a_thread_holds_its_own_messages_in_order(cast: Cast) -> None:
    one, other = (conversation(cast.channel_queue, f"+1514555010{n}", texts=0) for n in range(2))
    for text, interaction in (("un", one), ("autre", other), ("deux", one)):
        said(interaction, text)
    with scope(company=cast.client):
        messages = one.messages.model.objects.of_thread(one.pk)
        assert [message.text for message in messages] == ["un", "deux"]
