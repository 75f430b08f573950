"""The column with a row's words follows from its fields, whichever way they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scopchat.accounts.models import User
from scopchat.common.folding import fold
from scopchat.common.searching import backfill
from scopchat.contacts.models import Contact
from scopchat.tenancy.models import Company
from tests.cast import Cast

SOPHIE = "sophie roy\nsophie\nsophie@exemple.test"


def search_of(person: User) -> str:
    return User.objects.values_list("search", flat=True).get(pk=person.pk)


def test_it_is_written_with_the_row(cast: Cast) -> None:
    cast.agent.display_name = "Zoé  Ünal"
    cast.agent.save()
    assert search_of(cast.agent) == "zoe unal\nsophie\nsophie@exemple.test"


def test_it_is_written_with_any_of_its_fields_alone(cast: Cast) -> None:
    cast.agent.username = "Élodie"
    cast.agent.save(update_fields=["username"])
    assert search_of(cast.agent) == "sophie roy\nelodie\nsophie@exemple.test"


@given(st.lists(st.text(st.sampled_from(" aÀé\n\t\u00a0\u0301ßİ한"), max_size=6), min_size=4, max_size=4))
def test_all_fields_at_once_are_folded_as_each_alone(values: list[str]) -> None:
    assert Contact.search_of(**dict(zip(Contact.SEARCHED, values, strict=True))) == "\n".join(map(fold, values))


def test_it_is_not_written_with_others(cast: Cast) -> None:
    stale = User.objects.get(pk=cast.agent.pk)
    cast.agent.display_name = "Zoé"
    cast.agent.save()
    stale.theme = "dark"
    stale.save(update_fields=["theme"])
    assert search_of(cast.agent).startswith("zoe\n")


def test_many_rows_at_a_time_have_it_too(cast: Cast) -> None:
    places = {"kind": "client", "depth": 6}
    Company.objects.bulk_create(
        Company(name=name, path=f"{cast.client.path}000{n}", **places) for n, name in enumerate(["Évêché", "Abbé"], 1)
    )
    assert list(Company.objects.filter(depth=6).values_list("search", flat=True)) == ["eveche", "abbe"]


def test_no_update_leaves_it_behind(cast: Cast) -> None:
    with pytest.raises(TypeError, match="display_name, username, email"):
        User.objects.filter(pk=cast.agent.pk).update(display_name="Zoé")
    User.objects.filter(pk=cast.agent.pk).update(display_name="Zoé", search="zoe")
    assert search_of(cast.agent) == "zoe"
    with pytest.raises(TypeError):
        User.objects.bulk_update([cast.agent], ["email"])


@pytest.mark.parametrize("text", ["ROY", "soph ROY", "  roy\u00a0sophie ", "sóphie@", "roy\0sophie", "roy exemple"])
def test_all_words_are_found_in_any_order(cast: Cast, text: str) -> None:
    assert list(User.objects.of(cast.client).mentioning(text)) == [cast.agent]


@pytest.mark.parametrize("text", ["roy%", "r_y", "roy\\", "royx", "roysophie"])
def test_signs_stand_for_themselves_and_words_for_one_field(cast: Cast, text: str) -> None:
    assert not User.objects.of(cast.client).mentioning(text).exists()


def test_rows_of_before_are_filled_some_at_a_time(cast: Cast) -> None:
    User.with_archived.exclude(pk=cast.manager.pk).update(search="")
    User.with_archived.filter(pk=cast.manager.pk).update(search="as it is")
    User.with_archived.filter(pk=cast.admin.pk).update(archived_at="2026-11-27T12:00Z")
    backfill(User, "display_name", "username", "email", batch=2)
    found = dict(User.with_archived.values_list("pk", "search"))
    assert found[cast.agent.pk] == SOPHIE
    assert found[cast.admin.pk].startswith("amelie gagnon\n")
    assert found.pop(cast.manager.pk) == "as it is"
    assert all(found.values())
