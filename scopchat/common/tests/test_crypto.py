"""Credentials in the database: readable with our keys only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django_scopes import scope, scopes_disabled
from pytest_django import Settings

from scopchat.common.crypto import Unreadable
from tests.cast import Cast

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
CREDENTIALS = {"account_sid": "AC1", "auth_token": "clé très secrète"}


def store(cast: Cast, settings: Settings, *keys: str) -> bytes:
    """Writes the provider's credentials with these keys; returns what the table then holds."""
    settings.FIELD_KEYS = keys
    cast.provider.credentials = CREDENTIALS
    with scope(company=cast.client):
        cast.provider.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM channels_provider WHERE id = %s", [cast.provider.pk])
        return bytes(cursor.fetchone()[0])


def read(cast: Cast, settings: Settings, *keys: str) -> object:
    """The credentials as they are read from the table with these keys."""
    settings.FIELD_KEYS = keys
    with scope(company=cast.client):
        return type(cast.provider).objects.get(pk=cast.provider.pk).credentials


def test_it_gives_back_what_was_stored(cast: Cast, settings: Settings) -> None:
    store(cast, settings, NEW)
    assert read(cast, settings, NEW) == CREDENTIALS


def test_the_table_shows_nothing_of_it(cast: Cast, settings: Settings) -> None:
    raw = store(cast, settings, NEW)
    assert not any(word in raw for word in (b"account_sid", b"AC1", b"secr"))
    assert b"account_sid" in Fernet(NEW).decrypt(raw)


def test_the_same_credentials_look_different_each_time(cast: Cast, settings: Settings) -> None:
    assert store(cast, settings, NEW) != store(cast, settings, NEW)


def test_a_new_key_in_front_reads_the_old_and_writes_the_new(cast: Cast, settings: Settings) -> None:
    store(cast, settings, OLD)
    assert read(cast, settings, NEW, OLD) == CREDENTIALS
    store(cast, settings, NEW, OLD)
    assert read(cast, settings, NEW) == CREDENTIALS


def lost(cast: Cast, settings: Settings) -> Any:
    """The provider as it is loaded after the key of its credentials was lost."""
    store(cast, settings, OLD)
    settings.FIELD_KEYS = [OTHER]
    with scope(company=cast.client):
        return type(cast.provider).objects.get(pk=cast.provider.pk)


@pytest.mark.parametrize(
    "look",
    [
        lambda provider: provider.account,
        lambda provider: provider.credentials["auth_token"],
        lambda provider: provider.credentials.get("auth_token"),
        lambda provider: bool(provider.credentials),
        lambda provider: list(provider.credentials),
    ],
)
def test_without_the_key_each_look_says_which_setting_is_wrong(
    cast: Cast, settings: Settings, look: Callable[[Any], object]
) -> None:
    provider = lost(cast, settings)
    with pytest.raises(Unreadable, match="SCOPCHAT_FIELD_KEYS"):
        look(provider)


def test_without_the_key_others_are_read_in_the_same_query(cast: Cast, settings: Settings) -> None:
    lost(cast, settings)
    with scope(company=cast.outsider):
        type(cast.provider).objects.filter(pk=cast.outsider_provider.pk).update(credentials=CREDENTIALS)
    with scopes_disabled():
        found = {one.pk: one for one in type(cast.provider).objects.all()}
    assert found[cast.outsider_provider.pk].credentials == CREDENTIALS
    assert not found[cast.provider.pk].is_readable


def test_saving_keeps_what_cannot_be_read(cast: Cast, settings: Settings) -> None:
    with scope(company=cast.client):
        lost(cast, settings).save()
    assert read(cast, settings, OLD) == CREDENTIALS


def test_without_any_key_nothing_is_stored(cast: Cast, settings: Settings) -> None:
    with pytest.raises(ImproperlyConfigured, match="SCOPCHAT_FIELD_KEYS is empty"):
        store(cast, settings)


def test_it_is_never_serialised(cast: Cast) -> None:
    with pytest.raises(NotImplementedError):
        serializers.serialize("json", [cast.provider])
