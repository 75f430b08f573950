"""Secrets at rest: a JSON field that only the application's keys can read."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


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
    """Undoes `encrypt_text`. Raises `InvalidToken` for what these keys did not write."""
    return _current_cipher().decrypt(encrypted.encode()).decode()


class EncryptedJSONField(models.BinaryField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A JSON object stored encrypted (Fernet: AES-128-CBC with HMAC-SHA256).

    The first key of `SCOPCHAT_FIELD_KEYS` writes, all of them read, so keys rotate by being put in front.
    """

    def get_prep_value(self, value: Any) -> bytes | None:
        if value is None:
            return None
        return _current_cipher().encrypt(json.dumps(value).encode())

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        if value is None:
            return None
        try:
            return json.loads(_current_cipher().decrypt(bytes(value)))
        except InvalidToken:
            raise ImproperlyConfigured(
                "Stored credentials were written with a key that SCOPCHAT_FIELD_KEYS no longer holds."
            ) from None

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise NotImplementedError("Encrypted fields are never serialised.")
