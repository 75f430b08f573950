"""Credentials in the database: readable with our keys only."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django_scopes import scope
from pytest_django import Settings

from scopchat.channels.models import Provider
from scopchat.channels.services import create_provider, update_provider
from tests.cast import Cast

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
CREDENTIALS = {"account_sid": "AC1", "auth_token": "clé très secrète"}


def provider_written_with(cast: Cast, settings: Settings, *keys: str) -> Provider:
    settings.FIELD_KEYS = keys
    with scope(company=cast.client):
        return create_provider(company=cast.client, kind="twilio", name="Twilio", credentials=CREDENTIALS)


def credentials_of(cast: Cast, provider: Provider) -> object:
    with scope(company=cast.client):
        return Provider.objects.get(pk=provider.pk).credentials


def stored(provider: Provider) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM channels_provider WHERE id = %s", [provider.pk])
        return bytes(cursor.fetchone()[0])


def test_it_gives_back_what_was_stored(cast: Cast, settings: Settings) -> None:
    provider = provider_written_with(cast, settings, NEW)
    assert credentials_of(cast, provider) == CREDENTIALS


def test_the_table_shows_nothing_of_it(cast: Cast, settings: Settings) -> None:
    raw = stored(provider_written_with(cast, settings, NEW))
    assert not any(word in raw for word in (b"account_sid", b"AC1", b"secr"))
    assert Fernet(NEW).decrypt(raw)


def test_the_same_credentials_look_different_each_time(cast: Cast, settings: Settings) -> None:
    once, twice = (stored(provider_written_with(cast, settings, NEW)) for _ in range(2))
    assert once != twice


def test_a_new_key_in_front_reads_the_old_and_writes_the_new(cast: Cast, settings: Settings) -> None:
    provider = provider_written_with(cast, settings, OLD)
    settings.FIELD_KEYS = [NEW, OLD]
    assert credentials_of(cast, provider) == CREDENTIALS
    with scope(company=cast.client):
        update_provider(provider=provider, name="Twilio", credentials={}, api_base_url="https://api.twilio.com")
    settings.FIELD_KEYS = [NEW]
    assert credentials_of(cast, provider) == CREDENTIALS


def test_without_the_key_it_says_which_setting_is_wrong(cast: Cast, settings: Settings) -> None:
    provider = provider_written_with(cast, settings, OLD)
    settings.FIELD_KEYS = [OTHER]
    with pytest.raises(ImproperlyConfigured, match="SCOPCHAT_FIELD_KEYS"):
        credentials_of(cast, provider)


def test_without_any_key_nothing_is_stored(cast: Cast, settings: Settings) -> None:
    with pytest.raises(ImproperlyConfigured, match="SCOPCHAT_FIELD_KEYS is empty"):
        provider_written_with(cast, settings)


def test_it_is_never_serialised(cast: Cast, settings: Settings) -> None:
    provider = provider_written_with(cast, settings, NEW)
    with pytest.raises(NotImplementedError):
        serializers.serialize("json", [provider])
