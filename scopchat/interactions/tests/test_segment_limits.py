"""Texts beyond a company's segments are refused, with what was typed kept."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django_scopes import scope

from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.tests.desk import conversation
from scopchat.tenancy.models import SegmentUse
from scopchat.tenancy.resources import Resource
from scopchat.tenancy.services import set_allowance
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in


def answer(cast: Cast, interaction: Interaction, text: str, key: Any = None) -> Any:
    values = {"key": key or uuid4(), "text": text}
    return signed_in(cast.manager).post(f"/messages/{interaction.pk}/reply/", values, headers=FRAGMENT)


@pytest.fixture
def _two_segments(cast: Cast) -> None:
    set_allowance(company=cast.client, maxima={Resource.SEGMENTS_DAY: 2}, mass_sends=False, acting=None)


def used(cast: Cast) -> int:
    with scope(company=cast.client):
        return sum(SegmentUse.objects.values_list("segments", flat=True))


@pytest.mark.usefixtures("_two_segments")
def test_a_reply_beyond_the_limit_is_refused_and_nothing_of_it_is_stored(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    assert answer(cast, interaction, "a" * 200).status_code == 200
    refused = answer(cast, interaction, "encore")
    assert refused.status_code == 422
    assert "La limite de 2 segments par jour est atteinte." in refused.content.decode()
    with scope(company=cast.client):
        assert not Message.objects.filter(text="encore").exists()
    assert used(cast) == 2


@pytest.mark.usefixtures("_two_segments")
def test_a_first_text_beyond_the_limit_is_refused_on_its_form(cast: Cast) -> None:
    values = {"key": uuid4(), "channel": cast.channel_queue.pk, "phone": "514 555-0142", "text": "a" * 400}
    response = signed_in(cast.admin).post("/messages/new/", values, headers=FRAGMENT)
    assert "La limite de 2 segments par jour est atteinte." in response.content.decode()
    assert used(cast) == 0


def test_a_draft_sent_twice_counts_once(cast: Cast) -> None:
    interaction, key = conversation(cast.channel_queue), uuid4()
    for _time in range(2):
        answer(cast, interaction, "Bonjour", key)
    assert used(cast) == 1
