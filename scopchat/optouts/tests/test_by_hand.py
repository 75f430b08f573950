"""People enter and end opt-outs: what they may, who is told of it in the log, and two of them at once."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django_scopes import scope

from scopchat.audit.models import Entry
from scopchat.common.phones import BadNumber
from scopchat.optouts.by_hand import add_opt_out, bring_back_opt_out, remove_opt_out
from scopchat.optouts.errors import BlockedByCarrier, ProofNeeded
from scopchat.optouts.models import OptOut, OptOutChange
from scopchat.optouts.services import block, heed
from scopchat.optouts.tests.test_services import NOW, NUMBER, OTHER, said
from tests.at_once import at_once
from tests.cast import Cast

LATER = NOW + timedelta(hours=1)
TABLES = "optouts_optout, optouts_optoutchange"


def added(cast: Cast, phone: str = NUMBER, note: str = "Par téléphone") -> bool:
    return add_opt_out(channel=cast.channel_queue, phone=phone, note=note, acting=cast.admin, now=NOW)


def only() -> OptOut:
    found: OptOut = OptOut.objects.get()
    return found


def log() -> list[tuple[str, str, str, str]]:
    """What changed, by whose hand or which word, and what was noted."""
    lines = OptOutChange.objects.order_by("id").select_related("person")
    return [(one.change, one.person.username if one.person else "", one.word, one.note) for one in lines]


def recorded() -> list[tuple[str, str, dict[str, Any]]]:
    entries = Entry.objects.filter(verb__startswith="opt_out.").order_by("id")
    return list(entries.values_list("verb", "object_label", "details"))


@pytest.mark.parametrize("phone", ["(514) 555-0142", "+1 514.555.0142", "15145550142", " 514 555 0142 "])
def test_a_number_in_any_notation_is_added_once(cast: Cast, phone: str) -> None:
    with scope(company=cast.client):
        assert added(cast, phone)
        assert not added(cast, "514-555-0142", note="Encore")
        assert (only().number, only().origin, only().since, only().blocked_at) == (NUMBER, "by_hand", NOW, None)
        assert log() == [("left", "amelie", "", "Par téléphone")]
    assert recorded() == [("opt_out.added", "Accueil", {"number": NUMBER, "note": "Par téléphone"})]


@pytest.mark.parametrize("phone", ["", "12", "514 555", "+1 514 555 0142 0142", "pas un numéro", "\0"])
def test_what_is_no_number_is_refused(cast: Cast, phone: str) -> None:
    with scope(company=cast.client):
        with pytest.raises(BadNumber):
            added(cast, phone)
        assert not OptOut.objects.exists()


def test_what_was_added_by_hand_is_removed_by_hand_and_can_be_brought_back(cast: Cast) -> None:
    with scope(company=cast.client):
        added(cast)
        opt_out = only()
        removal = remove_opt_out(opt_out=opt_out, proof="", acting=cast.admin, now=LATER)
        assert removal is not None
        assert not OptOut.objects.exists()
        assert remove_opt_out(opt_out=opt_out, proof="", acting=cast.admin, now=LATER) is None
        assert bring_back_opt_out(removal=removal, acting=cast.admin, now=LATER)
        assert not bring_back_opt_out(removal=removal, acting=cast.admin, now=LATER)
        assert only().origin == "by_hand"
        assert log() == [
            ("left", "amelie", "", "Par téléphone"),
            ("returned", "amelie", "", ""),
            ("left", "amelie", "", "Par téléphone"),
        ]
    assert [verb for verb, *_rest in recorded()] == ["opt_out.added", "opt_out.removed", "opt_out.added"]


@pytest.mark.parametrize("proof", ["", "  "])
def test_who_texted_comes_back_by_hand_with_a_proof_alone(cast: Cast, proof: str) -> None:
    with scope(company=cast.client):
        heed(said=[said(cast.channel_queue, "arret")])
        with pytest.raises(ProofNeeded) as refused:
            remove_opt_out(opt_out=only(), proof=proof, acting=cast.admin, now=LATER)
        assert refused.value.field == "proof"
        assert log() == [("left", "", "ARRET", "")]
        assert remove_opt_out(opt_out=only(), proof="Formulaire du 27", acting=cast.admin, now=LATER)
        assert not OptOut.objects.exists()
        assert log()[1:] == [("returned", "amelie", "", "Formulaire du 27")]
    assert recorded() == [("opt_out.removed", "Accueil", {"number": NUMBER, "note": "Formulaire du 27"})]


def test_who_was_added_by_hand_and_texts_stop_has_left_by_their_own_word(cast: Cast) -> None:
    with scope(company=cast.client):
        added(cast)
        assert heed(said=[said(cast.channel_queue, "stop", minutes=5)]) == [True]
        assert heed(said=[said(cast.channel_queue, "stop", minutes=6)]) == [False]
        assert (only().origin, only().since) == ("texted", NOW)
        assert not added(cast)
        assert only().origin == "texted"
        with pytest.raises(ProofNeeded):
            remove_opt_out(opt_out=only(), proof="", acting=cast.admin, now=LATER)
        assert log() == [("left", "amelie", "", "Par téléphone"), ("left", "", "STOP", "")]
        assert heed(said=[said(cast.channel_queue, "start", minutes=7)]) == [True]
        assert not OptOut.objects.exists()


@pytest.mark.parametrize("before", ["nothing", "by hand", "texted", "texted and heeded"])
def test_what_a_carrier_blocks_is_never_removed_by_hand(cast: Cast, before: str) -> None:
    channel = cast.channel_queue
    with scope(company=cast.client):
        if before == "by hand":
            added(cast)
        elif before != "nothing":
            heed(said=[said(channel, "stop", blocks=before == "texted and heeded")])
        block(blocked=[(channel.company_id, channel.pk, NUMBER, LATER)])
        assert only().origin == {"nothing": "blocked", "by hand": "by_hand"}.get(before, "texted")
        with pytest.raises(BlockedByCarrier, match="START"):
            remove_opt_out(opt_out=only(), proof="Formulaire du 27", acting=cast.admin, now=LATER)
        assert only().blocked_at
        assert not recorded() or before == "by hand"


def test_a_block_that_a_text_explains_says_so(cast: Cast) -> None:
    channel = cast.channel_queue
    with scope(company=cast.client):
        block(blocked=[(channel.company_id, channel.pk, NUMBER, NOW)])
        heed(said=[said(channel, "stop", minutes=5, blocks=True)])
        assert (only().origin, only().blocked_at) == ("texted", NOW)
        assert log() == [("blocked", "", "", ""), ("left", "", "STOP", "")]


def test_a_channel_and_another_have_their_own(cast: Cast) -> None:
    with scope(company=cast.client):
        added(cast)
        assert add_opt_out(channel=cast.channel_user, phone=NUMBER, note="", acting=cast.admin, now=NOW)
        remove_opt_out(opt_out=OptOut.objects.get(channel=cast.channel_user), proof="", acting=cast.admin, now=LATER)
        assert only().channel == cast.channel_queue


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_at_once_add_one(cast: Cast) -> None:
    results = at_once(cast.client, lambda: added(cast), lambda: added(cast), written=TABLES)
    assert sorted(map(str, results)) == ["False", "True"]
    with scope(company=cast.client):
        assert len(log()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_remove_the_same_at_once_remove_one(cast: Cast) -> None:
    with scope(company=cast.client):
        added(cast)
        opt_out = only()

    def remove() -> object:
        return remove_opt_out(opt_out=opt_out, proof="", acting=cast.admin, now=LATER)

    results = at_once(cast.client, remove, remove, written=TABLES)
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "OptOutChange"]
    with scope(company=cast.client):
        assert len(log()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_stop_that_comes_while_somebody_removes_the_number_is_heeded(cast: Cast) -> None:
    with scope(company=cast.client):
        added(cast)
        opt_out = only()
    results = at_once(
        cast.client,
        lambda: remove_opt_out(opt_out=opt_out, proof="", acting=cast.admin, now=LATER),
        lambda: heed(said=[said(cast.channel_queue, "stop", minutes=60)]),
        written=TABLES,
    )
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, ProofNeeded)]
    with scope(company=cast.client):
        assert only().origin == "texted"


def test_opt_outs_of_before_learn_how_they_came_about(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = cast.channel_queue
    fill = import_module("scopchat.optouts.migrations.0003_fill_origin")
    monkeypatch.setattr(fill, "BATCH", 1)
    third, fourth = "+15145550144", "+15145550145"
    with scope(company=cast.client):
        heed(said=[said(channel, "stop"), said(channel, "stop", number=OTHER, blocks=True)])
        # Left and came back before the carrier spoke of it.
        heed(said=[said(channel, "stop", number=third), said(channel, "start", number=third, minutes=1)])
        block(blocked=[(channel.company_id, channel.pk, number, LATER) for number in (NUMBER, third, fourth)])
        OptOut.objects.update(origin="texted")
        fill.fill(apps, None)
        origins = dict(OptOut.objects.values_list("number", "origin"))
    assert origins == {NUMBER: "texted", OTHER: "texted", third: "blocked", fourth: "blocked"}
