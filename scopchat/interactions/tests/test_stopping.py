"""Conversations of a channel that was lent or taken back: what is refused, and what open pages hear."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from django_scopes import scope

from scopchat.channels.lending import lend_channel, revoke
from scopchat.channels.models import Loan
from scopchat.common.clock import utc_now
from scopchat.events.catalogue import InteractionsChanged
from scopchat.interactions.errors import ChannelStopped
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.services import delivery, reply
from scopchat.interactions.services.start import channels_to_start_from
from scopchat.interactions.status import InteractionStatus, MessageStatus
from scopchat.interactions.tests.conftest import Committing
from scopchat.interactions.tests.desk import conversation, said
from tests.cast import Cast
from tests.lending import Lender, channel_by, make_lender
from tests.people import FRAGMENT, signed_in

NO_LONGER = "n’est plus prêté à votre société"


@pytest.fixture
def lender(cast: Cast) -> Lender:
    return make_lender(cast)


@pytest.fixture
def loan(cast: Cast, lender: Lender) -> Loan:
    return lend_channel(channel=lender.channel, borrower=cast.client, acting=None, now=utc_now())


def end(loan: Loan) -> None:
    revoke(loan=loan, acting=None, now=utc_now())


def again(interaction: Interaction) -> Interaction:
    with scope(company=interaction.company_id):
        return Interaction.objects.select_related("channel").get(pk=interaction.pk)


def test_a_reply_is_refused_once_the_channel_is_taken_back(cast: Cast, loan: Loan) -> None:
    made = conversation(channel_by(loan))
    end(loan)
    with scope(company=cast.client), pytest.raises(ChannelStopped):
        reply.reply(interaction=again(made), acting=cast.admin, text="Oui", idempotency_key=uuid4(), now=utc_now())
    assert again(made).status == InteractionStatus.WAITING
    page = signed_in(cast.admin).post(f"/messages/{made.pk}/reply/", {"text": "Oui", "key": uuid4()}, headers=FRAGMENT)
    assert page.status_code == 409
    html = page.content.decode()
    assert "Plus rien ne peut être envoyé de ce canal." in html
    assert NO_LONGER in html
    with scope(company=cast.client):
        assert not Message.objects.filter(direction="out").exists()


@pytest.mark.parametrize("status", [MessageStatus.FAILED, MessageStatus.UNKNOWN])
def test_nothing_is_sent_again_from_it(cast: Cast, loan: Loan, status: MessageStatus) -> None:
    message = said(conversation(channel_by(loan)), "Voilà", direction="out", status=status)
    end(loan)
    with scope(company=cast.client):
        message = Message.objects.select_related("interaction").get(pk=message.pk)
        again = {"message": message, "acting": cast.admin}
        act = partial(delivery.retry, **again)
        if status is MessageStatus.UNKNOWN:
            act = partial(delivery.settle_unknown, was_sent=False, now=utc_now(), **again)
        with pytest.raises(ChannelStopped):
            act()
    assert "Réessayer" not in signed_in(cast.admin).get(f"/messages/{message.interaction_id}/").content.decode()


def test_no_conversation_begins_on_it(cast: Cast, loan: Loan) -> None:
    theirs = channel_by(loan)
    with scope(company=cast.client):
        assert theirs in channels_to_start_from(cast.admin)
    end(loan)
    with scope(company=cast.client):
        assert theirs not in channels_to_start_from(cast.admin)
    draft = {"channel": theirs.pk, "phone": "514 555-0142", "text": "Bonjour", "key": uuid4()}
    page = signed_in(cast.admin).post("/messages/new/", draft, headers=FRAGMENT)
    assert page.status_code == 422
    assert "Plus rien ne peut être envoyé de ce canal." in page.content.decode()


def test_both_keep_and_close_their_conversations(cast: Cast, lender: Lender) -> None:
    ours = conversation(lender.channel)
    loan = lend_channel(channel=lender.channel, borrower=cast.client, acting=None, now=utc_now())
    page = signed_in(lender.admin).get(f"/messages/{ours.pk}/").content.decode()
    assert "Bonjour 0" in page
    assert "Ce canal est prêté à une autre société" in page
    theirs = conversation(channel_by(loan))
    end(loan)
    assert "Bonjour 0" in signed_in(cast.admin).get(f"/interactions/{theirs.pk}/").content.decode()
    assert signed_in(cast.admin).post(f"/messages/{theirs.pk}/close/", headers=FRAGMENT).status_code == 200
    assert signed_in(lender.admin).get(f"/messages/{theirs.pk}/").status_code == 404
    assert 'id="composer-stopped"' not in signed_in(lender.admin).get(f"/messages/{ours.pk}/").content.decode()


def test_open_pages_of_both_hear_of_it(cast: Cast, lender: Lender, committing: Committing) -> None:
    ours = conversation(lender.channel)
    with committing() as news:
        loan = lend_channel(channel=lender.channel, borrower=cast.client, acting=None, now=utc_now())
    assert heard(news.events) == {(cast.distributor.pk, ours.pk)}
    theirs = conversation(channel_by(loan))
    before = again(theirs).changed_at
    with committing() as news:
        end(loan)
    assert heard(news.events) == {(cast.distributor.pk, ours.pk), (cast.client.pk, theirs.pk)}
    assert again(theirs).changed_at != before


def heard(events: list[object]) -> set[tuple[int, int]]:
    return {
        (event.company_id, change.interaction_id)
        for event in events
        if isinstance(event, InteractionsChanged)
        for change in event.changes
    }


def test_what_the_carrier_said_is_the_owners_to_read(cast: Cast, loan: Loan) -> None:
    made = conversation(channel_by(loan))
    detail = "connection to api.eu1.exemple.test refused"
    failed = {"direction": "out", "status": MessageStatus.FAILED, "reason": "connection", "error_detail": detail}
    said(made, "Voilà", **failed)
    page = signed_in(cast.admin).get(f"/messages/{made.pk}/details/").content.decode()
    assert "l’opérateur n’a pas pu être joint" in page
    assert detail not in page
