"""Mass sends are tested without scope, as the sender's runs and the jobs see them, unless a test opens one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scopes_disabled

from tests.cast import Cast


@pytest.fixture
def cast(cast: Cast) -> Iterator[Cast]:
    """The cast, whose operator allows the client mass sends."""
    cast.client.mass_sends = True
    cast.client.save(update_fields=["mass_sends"])
    with scopes_disabled():
        yield cast
