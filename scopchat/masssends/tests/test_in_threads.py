"""What customers answer stands in their thread, and what they do after a mass send is counted."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from scopchat.interactions.models import Interaction
from scopchat.interactions.status import InteractionStatus, MessageStatus
from scopchat.interactions.tests.desk import conversation, said
from scopchat.masssends.audience import Audience
from scopchat.masssends.models import MassSend
from scopchat.masssends.results import Effects, effects_of
from scopchat.masssends.tests.desk import NOON, confirmed, number, settle, take
from scopchat.optouts.models import OptOut
from tests.cast import Cast
from tests.html import flat
from tests.people import signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def sent(cast: Cast, *places: int) -> MassSend:
    made = confirmed(cast, Audience(numbers=tuple(map(number, places))), text="Vaccin")
    settle(take(cast.channel_queue), MessageStatus.SENT)
    return made


def thread(cast: Cast, interaction: Interaction) -> list[str]:
    """What its bubbles say, in order."""
    html = flat(signed_in(cast.admin).get(f"/messages/{interaction.pk}/").content)
    return re.findall(r'<p dir="auto">([^<]*)</p>', html)


def test_a_reply_stands_below_what_it_answers(cast: Cast) -> None:
    sent(cast, 1)
    reply = conversation(cast.channel_queue, number(1))
    Interaction.objects.filter(pk=reply.pk).update(opened_at=NOON + HOUR)
    reply.messages.update(text="Oui", created_at=NOON + HOUR)
    assert thread(cast, reply) == ["Vaccin", "Oui"]
    html = flat(signed_in(cast.admin).get(f"/messages/{reply.pk}/").content)
    assert "Envoi de masse" in html


def test_it_stands_in_the_conversation_that_follows_it_alone(cast: Cast) -> None:
    before = conversation(cast.channel_queue, number(1))
    Interaction.objects.filter(pk=before.pk).update(status=InteractionStatus.CLOSED, closed_at=NOON - HOUR)
    sent(cast, 1)
    after = conversation(cast.channel_queue, number(1))
    elsewhere = conversation(cast.channel_user, number(1))
    somebody_else = conversation(cast.channel_queue, number(2))
    before.refresh_from_db()
    assert "Vaccin" not in thread(cast, before)
    assert thread(cast, after).count("Vaccin") == 1
    assert "Vaccin" not in thread(cast, elsewhere)
    assert "Vaccin" not in thread(cast, somebody_else)


def test_nothing_is_offered_that_is_refused(cast: Cast) -> None:
    """A text of a mass send that failed is tried again by its send, not by an agent."""
    made = confirmed(cast, Audience(numbers=(number(1),)), text="Vaccin")
    settle(take(cast.channel_queue), MessageStatus.FAILED, reason="unreachable")
    reply = conversation(cast.channel_queue, number(1), assignee=cast.admin)
    html = flat(signed_in(cast.admin).get(f"/messages/{reply.pk}/").content)
    assert "Vaccin" in html
    assert made.pk
    assert "/retry/" not in html


def test_who_wrote_and_who_left_since_is_counted_once(cast: Cast) -> None:
    made = sent(cast, 1, 2, 3)
    for place, text in ((1, "Oui"), (1, "Merci"), (2, "Non"), (9, "Allô")):
        found = Interaction.objects.filter(channel=cast.channel_queue, customer=number(place)).first()
        thread_ = found or conversation(cast.channel_queue, number(place))
        message = said(thread_, text)
        type(message).objects.filter(pk=message.pk).update(created_at=NOON + HOUR)
        Interaction.objects.filter(pk=thread_.pk).update(last_activity_at=NOON + HOUR)
    for place in (3, 9):
        OptOut.objects.create(company=cast.client, channel=cast.channel_queue, number=number(place), since=NOON + HOUR)
    made.refresh_from_db()
    assert effects_of(made) == Effects(replied=2, opted_out=1)
