"""The pages of channels."""

from __future__ import annotations

from typing import Any

import pytest
from django_scopes import scope

from scopchat.channels.models import Channel, Destination
from scopchat.channels.services import create_channel
from tests.cast import Cast
from tests.people import signed_in


def values(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Urgences",
        "address": "514 555-0160",
        "provider": cast.provider.pk,
        "destination": "queue",
        "queue": cast.queue.pk,
        "throughput": 3,
        **changes,
    }


@pytest.mark.parametrize("who", ["agent", "manager", "user"])
@pytest.mark.parametrize("page", ["/channels/", "/channels/add/"])
def test_it_refuses_who_may_not(cast: Cast, who: str, page: str) -> None:
    assert signed_in(getattr(cast, who)).get(page).status_code == 403


def test_it_answers_404_to_the_outsider(cast: Cast) -> None:
    browser = signed_in(cast.outsider_admin)
    assert browser.get(f"/channels/{cast.channel_queue.pk}/").status_code == 404
    assert browser.post(f"/channels/{cast.channel_queue.pk}/", values(cast)).status_code == 404


def test_it_lists_the_companys_channels(cast: Cast) -> None:
    html = signed_in(cast.admin).get("/channels/").content.decode()
    assert "438 555-0101" in html
    assert "438 555-0199" not in html


def test_it_adds_a_channel(cast: Cast) -> None:
    response = signed_in(cast.admin).post("/channels/add/", values(cast))
    assert response["Location"] == f"/c/{cast.client.pk}/channels/"
    with scope(company=cast.client):
        made = Channel.objects.get(address="+15145550160")
        assert (made.name, made.queue, made.throughput) == ("Urgences", cast.queue, 3)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"address": "123456789012"}, "Ce numéro ne peut pas exister."),
        ({"address": "438 555-0101"}, "Un canal de ce fournisseur a déjà ce numéro."),
        ({"queue": ""}, "Choisissez la file d’attente."),
        ({"destination": "users"}, "Choisissez au moins une personne."),
        ({"throughput": 0}, 'name="throughput"'),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(cast: Cast, changed: dict[str, Any], words: str) -> None:
    response = signed_in(cast.admin).post("/channels/add/", values(cast, **changed))
    html = response.content.decode()
    assert response.status_code == 422
    assert words in html
    assert 'value="Urgences"' in html


def test_it_takes_nothing_of_another_company(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    assert browser.post("/channels/add/", values(cast, provider=cast.outsider_provider.pk)).status_code == 422
    chosen = values(cast, destination="users", users=[cast.outsider_admin.pk])
    assert browser.post("/channels/add/", chosen).status_code == 422


def test_it_changes_where_messages_go(cast: Cast) -> None:
    changed = values(cast, destination="users", users=[cast.user.pk, cast.admin.pk])
    signed_in(cast.admin).post(f"/channels/{cast.channel_queue.pk}/", changed)
    with scope(company=cast.client):
        channel = Channel.objects.get(pk=cast.channel_queue.pk)
        assert (channel.destination, channel.queue, channel.address) == (Destination.USERS, None, "+14385550101")
        assert set(channel.users.all()) == {cast.user, cast.admin}


def test_it_shows_what_is_wrong_with_a_carrier(cast: Cast) -> None:
    with scope(company=cast.client):
        cast.provider.incident = "account: HTTP 401, error 20003"
        cast.provider.save()
    page = signed_in(cast.admin).get("/channels/").content.decode()
    assert "l’opérateur a refusé le compte du fournisseur (HTTP 401, error 20003)" in page


def test_it_asks_the_database_the_same_whatever_the_length(cast: Cast, django_assert_num_queries: Any) -> None:
    with scope(company=cast.client):
        for place in range(12):
            create_channel(
                company=cast.client,
                provider=cast.provider,
                name=f"Canal {place}",
                address=f"+151455502{place:02}",
                destination=Destination.USERS,
                users=[cast.user],
            )
    browser = signed_in(cast.admin)
    # Session, person, company; channels, their people and their loans; whether there is a simulator.
    with django_assert_num_queries(6):
        browser.get("/channels/")
