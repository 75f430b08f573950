"""The secret part of a provider's callback addresses: made, found again, and kept out of what is stored as it came."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

from django.db import models


def new_hook_token() -> str:
    """192 random bits: unsigned carriers are known by it alone."""
    return secrets.token_hex(24)


def digest_of(hook_token: str) -> str:
    """By which a provider is found for a token. Without a key, so that its hooks are known when ours are lost; of so
    many random bits nobody finds the token by it.
    """
    return hashlib.sha256(hook_token.encode("utf-8", "replace")).hexdigest()


class HookDigestField(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """`digest_of` the provider's token, whatever it is when the row is written."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        token = model_instance.hook_token  # type: ignore[attr-defined]
        if isinstance(token, str):
            setattr(model_instance, self.attname, digest_of(token))
        return super().pre_save(model_instance, add)


_IN_URL = re.compile(r"(/hooks/[^/?]+/)[^/?]+")


def without_token(url: str) -> str:
    """A callback's address as the journal keeps it."""
    return _IN_URL.sub(r"\1-", url, count=1)
