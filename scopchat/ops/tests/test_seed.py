"""The demo installation: complete, made once, and only where its published password does no harm."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client
from django.utils import translation
from django_scopes import scope, scopes_disabled
from pytest_django import Settings

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.channels.models import Channel, Provider
from scopchat.channels.providers.simulator.models import SimulatedText
from scopchat.interactions.models import Interaction, Message
from scopchat.masssends.models import MassSend
from scopchat.ops import callbacks, logins, seed
from scopchat.ops.installation import CannotStart
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import create_company
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def _loopback(settings: Settings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"


@pytest.mark.usefixtures("_loopback")
def test_it_makes_the_demo_and_tells_its_logins() -> None:
    told = seed.seed()

    assert "password bonjour-scopchat" in told
    assert "amelie     Amélie Gagnon, Company administrator" in told
    assert [company.name for company in Company.objects.order_by("path")] == [
        "SCOPCHAT",
        "Distribution Nord",
        "Télécom Laval",
        "Réseau Rive-Sud",
        "Clinique Laurier",
        "Boulangerie du Parc",
    ]


@pytest.mark.usefixtures("_loopback")
def test_it_names_roles_in_the_language_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_CA.UTF-8")

    assert "claire     Claire Dubé, Admin revendeur" in seed.seed()
    with translation.override("en"):
        assert {role.value: str(role.label) for role in Role} == logins.ROLES


@pytest.mark.usefixtures("_loopback")
def test_toy_phones_hold_the_conversations_of_the_inbox() -> None:
    seed.seed()

    with scopes_disabled():
        assert set(SimulatedText.objects.filter(arrives=True).values_list("carrier_id", "text")) == set(
            Message.objects.exclude(status="failed").values_list("carrier_id", "text")
        )
        assert SimulatedText.objects.filter(arrives=False).count() == 2


@pytest.mark.usefixtures("_loopback")
def test_it_makes_the_demo_once() -> None:
    assert seed.seed() == seed.seed()
    assert User.objects.count() == 8


@pytest.mark.usefixtures("_loopback")
def test_it_makes_conversations_in_every_state() -> None:
    seed.seed()

    with scopes_disabled():
        threads = Interaction.objects.order_by("customer")
        assert Counter(thread.status for thread in threads) == {"waiting": 6, "open": 3, "paused": 1, "closed": 2}
        assert list(Message.objects.filter(status="failed").values_list("reason", flat=True)) == ["unreachable"] * 2
        assert not Message.objects.exclude(status__in=["received", "delivered", "failed"]).exists()


@pytest.mark.usefixtures("_loopback")
def test_it_makes_mass_sends_past_and_to_come() -> None:
    seed.seed()

    with scopes_disabled():
        ended, scheduled, ready = MassSend.objects.order_by("created_at", "pk")
        assert (ended.state, scheduled.is_scheduled, ready.state) == ("ended", True, "ready")
        assert (ended.recipients, ended.opted_out, ended.delivered, ended.failed) == (10, 1, 8, 1)


def test_it_leaves_the_cast_silent(cast: Cast) -> None:
    with scopes_disabled():
        assert not Interaction.objects.exists()


@pytest.mark.usefixtures("_loopback")
def test_it_lets_a_demo_person_sign_in(client: Client) -> None:
    seed.seed()

    assert client.login(username="sophie", password="bonjour-scopchat")


@pytest.mark.usefixtures("_loopback")
def test_it_leaves_an_installation_with_companies_alone() -> None:
    create_company(parent=None, kind=Kind.OPERATOR, name="Exploitant")

    assert seed.at_first_start() == ""
    assert "nothing was added" in seed.seed()
    assert not User.objects.exists()


def test_it_refuses_the_demo_on_a_public_address(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://texto.exemple.test"

    with pytest.raises(CannotStart, match="published password"):
        seed.seed()
    assert seed.at_first_start() == ""
    assert not User.objects.exists()


def test_it_gives_the_cast_its_channels(cast: Cast) -> None:
    with scope(company=cast.client):
        channels = {channel.name: channel for channel in Channel.objects.select_related("queue")}

        assert channels["Accueil"].queue == cast.queue
        assert set(cast.queue.people.all()) == {cast.agent, cast.agent2}
        assert list(channels["Marc"].users.all()) == [cast.user]
        assert cast.outsider_channel not in channels.values()


def test_it_rotates_a_hook_token(cast: Cast) -> None:
    told = callbacks.rotate(provider_id=cast.provider.pk)

    with scope(company=cast.client):
        renewed = Provider.objects.get(pk=cast.provider.pk)
    assert renewed.hook_token != cast.provider.hook_token
    assert f"{renewed.callback_url}/inbound" in told
    assert f"{renewed.callback_url}/status" in told


def test_it_knows_no_provider_without_a_number(cast: Cast) -> None:
    with pytest.raises(CannotStart, match="no provider 999999"):
        callbacks.rotate(provider_id=999_999)
