"""Who gets a mass send, and what it will take."""

from __future__ import annotations

import pytest

from scopchat.common.refusals import NotAllowed
from scopchat.contacts.models import Contact, ContactList, Label
from scopchat.masssends.audience import Audience, read_numbers
from scopchat.masssends.errors import MassSendsOff, NobodyChosen, NotReady, NotTyped, SomeTooLong
from scopchat.masssends.models import MassSend, Recipient, SendState
from scopchat.masssends.services import preparing
from scopchat.masssends.services.drafting import Wording, change, discard, draft
from scopchat.masssends.services.steering import confirm
from scopchat.masssends.tests.desk import NOON, confirmed, left, listed, number, prepare, prepared
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def numbers(mass_send: MassSend, *states: int) -> list[str]:
    found = Recipient.objects.filter(mass_send=mass_send)
    return list((found.filter(state__in=states) if states else found).order_by("id").values_list("number", flat=True))


def test_each_number_is_chosen_once_whatever_it_is_found_by(cast: Cast) -> None:
    label = Label.objects.create(company=cast.client, name="VIP", hue=1)
    first, second = listed(cast, [1, 2, 3]), listed(cast, [3, 4, 5])
    Contact.objects.get(number=number(2)).labels.add(label, through_defaults={"company": cast.client})
    Contact.objects.filter(number=number(5)).update(deleted_at=NOON)
    typed, invalid = read_numbers("514 555-0001\n(514) 555-0009, 12;  514-555-0009", country="CA")
    audience = Audience(
        lists=(first.pk, second.pk), labels=(label.pk,), numbers=typed, invalid=invalid,
        without=(listed(cast, [4]).pk,),
    )  # fmt: skip
    left(cast.channel_queue, 3)
    found = prepared(cast, audience)
    assert numbers(found) == [number(1), number(2), number(3), number(9)]
    assert numbers(found, Recipient.State.OPTED_OUT) == [number(3)]
    # Three of the one list, two of the other, one by the label, three typed: nine; of them 2, 3, 1 and 9 twice.
    assert (found.chosen, found.duplicates, found.excluded, found.recipients) == (9, 4, 1, 4)
    assert (found.invalid, found.opted_out, found.waiting, found.state) == (1, 1, 3, SendState.READY)
    assert found.chosen == found.duplicates + found.excluded + found.recipients


def test_a_deleted_list_chooses_nobody_and_still_keeps_out(cast: Cast) -> None:
    kept, deleted, left_out = listed(cast, [1, 2]), listed(cast, [2, 3]), listed(cast, [1])
    ContactList.objects.filter(pk__in=[deleted.pk, left_out.pk]).update(deleted_at=NOON)
    found = prepared(cast, Audience(lists=(kept.pk, deleted.pk), without=(left_out.pk,)))
    assert numbers(found) == [number(2)]


def test_nothing_of_another_company_is_chosen(cast: Cast) -> None:
    mine = listed(cast, [1])
    theirs = Contact.objects.create(company=cast.outsider, number=number(2), created_at=NOON, updated_at=NOON)
    foreign = type(mine).objects.create(company=cast.outsider, name="L", created_at=NOON)
    foreign.contacts.add(theirs, through_defaults={"company": cast.outsider, "added_at": NOON})
    found = prepared(cast, Audience(lists=(mine.pk, foreign.pk), everybody=True))
    assert numbers(found) == [number(1)]


@pytest.mark.parametrize("step", [1, 2, 50_000])
def test_segments_are_counted_with_what_each_is_called(cast: Cast, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    monkeypatch.setattr(preparing, "STEP", step)
    short, long, foreign = (
        listed(cast, [1]),
        listed(cast, [2, 3], name="J" * 120),
        listed(cast, [4], name="Ç" + "é" * 40),
    )
    found = prepared(
        cast, Audience(lists=(short.pk, long.pk, foreign.pk)), text="Bonjour {name|vous}" + "." * 40, closing="Stop"
    )
    # Of 57 characters, 173, and 94; all of GSM-7.
    assert found.segments == 1 + 2 * 2 + 1
    assert found.too_long == 0


def test_what_is_too_long_for_somebody_blocks_the_send(cast: Cast) -> None:
    audience = Audience(lists=(listed(cast, [1]).pk, listed(cast, [2], name="J" * 120).pk))
    found = prepared(cast, audience, text="{name|vous}" + "x" * 880)
    assert found.too_long == 1
    with pytest.raises(SomeTooLong):
        confirm(mass_send=found, typed=None, acting=cast.admin, now=NOON)


def test_written_anew_it_is_prepared_anew(cast: Cast) -> None:
    found = prepared(cast, Audience(lists=(listed(cast, [1, 2]).pk,)))
    wording = Wording(text="Autre chose", audience=Audience(lists=(listed(cast, [3]).pk,)))
    change(mass_send=found, channel=found.channel, wording=wording, acting=cast.admin, now=NOON)
    prepare(found)
    found.refresh_from_db()
    assert (found.text, numbers(found), found.recipients) == ("Autre chose", [number(3)], 1)
    discard(mass_send=found, acting=cast.admin)
    assert not Recipient.objects.exists()


def test_a_preparation_that_was_overtaken_stops(cast: Cast) -> None:
    audience = Audience(lists=(listed(cast, [1]).pk,))
    made = draft(
        company=cast.client, channel=cast.channel_queue, wording=Wording("Un", audience=audience), acting=cast.admin,
        now=NOON,
    )  # fmt: skip
    late = preparing.Preparation(made.company_id, made.pk)
    assert late.step(now=NOON)
    change(
        mass_send=made, channel=made.channel, wording=Wording("Deux", audience=audience), acting=cast.admin,
        now=NOON.replace(second=1),
    )  # fmt: skip
    assert not late.step(now=NOON)
    made.refresh_from_db()
    assert (made.text, made.state) == ("Deux", SendState.PREPARING)


def test_it_begins_only_when_somebody_confirms_it_who_may(cast: Cast) -> None:
    found = prepared(cast, Audience(lists=(listed(cast, [1]).pk,)))
    with pytest.raises(NotAllowed):
        confirm(mass_send=found, typed=None, acting=cast.agent, now=NOON)
    confirm(mass_send=found, typed=None, acting=cast.admin, now=NOON)
    with pytest.raises(NotReady):
        confirm(mass_send=found, typed=None, acting=cast.admin, now=NOON)
    with pytest.raises(NotReady):
        change(mass_send=found, channel=found.channel, wording=Wording("x"), acting=cast.admin, now=NOON)


def test_the_number_of_many_is_typed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scopchat.masssends.services.steering.TYPED_FROM", 1)
    found = prepared(cast, Audience(lists=(listed(cast, [1, 2]).pk,)))
    for typed in (None, 1, 3):
        with pytest.raises(NotTyped):
            confirm(mass_send=found, typed=typed, acting=cast.admin, now=NOON)
    confirm(mass_send=found, typed=2, acting=cast.admin, now=NOON)


def test_it_goes_to_somebody(cast: Cast) -> None:
    with pytest.raises(NobodyChosen):
        prepared(cast, Audience(numbers=()))
    left(cast.channel_queue, 1)
    with pytest.raises(NobodyChosen):
        confirmed(cast, Audience(numbers=(number(1),)))


def test_there_are_none_where_the_operator_has_not_allowed_them(cast: Cast) -> None:
    cast.client.mass_sends = False
    with pytest.raises(MassSendsOff):
        prepared(cast, Audience(numbers=(number(1),)))
