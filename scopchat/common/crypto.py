"""Secrets at rest: a JSON field that only the application's keys can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class Unreadable(Exception):
    """A stored secret was written with a key that `SCOPCHAT_FIELD_KEYS` does not hold."""

    def __init__(self) -> None:
        super().__init__("A stored secret was written with a key that SCOPCHAT_FIELD_KEYS does not hold.")


class UnreadableSecrets(Mapping[str, Any]):
    """Secrets that none of the keys can read: every look into them raises `Unreadable`, and saving keeps them.

    Whoever only loads the row has nothing to fear from it, so one lost key never stops a query about others.
    """

    def __init__(self, encrypted: bytes) -> None:
        self.encrypted = encrypted

    def __getitem__(self, _name: str) -> Any:
        raise Unreadable

    def __iter__(self) -> Iterator[str]:
        raise Unreadable

    def __len__(self) -> int:
        raise Unreadable

    def __str__(self) -> str:
        raise Unreadable


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("SCOPCHAT_FIELD_KEYS is empty: credentials cannot be stored safely.")
    return MultiFernet([Fernet(key) for key in keys])


def _current_cipher() -> MultiFernet:
    return _cipher(tuple(settings.FIELD_KEYS))


def encrypt_text(text: str) -> str:
    """The text as only the application's keys can read it, for fields of models that are not ours."""
    return _current_cipher().encrypt(text.encode()).decode()


def decrypt_text(encrypted: str) -> str:
    """Undoes `encrypt_text`. Raises `Unreadable` for what these keys did not write."""
    try:
        return _current_cipher().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


class EncryptedJSONField(models.BinaryField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A JSON value stored encrypted (Fernet: AES-128-CBC with HMAC-SHA256).

    The first key of `SCOPCHAT_FIELD_KEYS` writes, all of them read, so keys rotate by being put in front. What none of
    them reads is loaded as `UnreadableSecrets`.
    """

    def get_prep_value(self, value: Any) -> bytes | None:
        if value is None:
            return None
        if isinstance(value, UnreadableSecrets):
            return value.encrypted
        return _current_cipher().encrypt(json.dumps(value).encode())

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        if value is None:
            return None
        try:
            return json.loads(_current_cipher().decrypt(bytes(value)))
        except InvalidToken:
            return UnreadableSecrets(bytes(value))

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise NotImplementedError("Encrypted fields are never serialised.")
