"""Exports of numbers, in a folder of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.exports import services
from scopchat.exports.models import Export
from scopchat.exports.running import Run, begin
from scopchat.exports.tests.numbers import NOW, Numbers, there_are
from tests.cast import Cast


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """Where the files are."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "exports"


@pytest.fixture
def kind() -> Iterator[Numbers]:
    with there_are(Numbers()) as found:
        yield found


@dataclass
class Jobs:
    """The jobs that were asked for: company and export."""

    asked: list[tuple[int, int]] = field(default_factory=list)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Jobs:
    found = Jobs()
    monkeypatch.setattr("scopchat.exports.jobs.ask_to_run", lambda *job: found.asked.append(job))
    return found


Ask = Callable[..., Export]


@pytest.fixture
def ask(cast: Cast, folder: Path, kind: Numbers, jobs: Jobs) -> Ask:
    """Somebody of the client asks for numbers."""

    def asked(person: User = cast.admin, of: str = "") -> Export:
        with scope(company=person.company):
            filter_ = {"of": of} if of else {}
            return services.ask(
                kind=kind, company=person.company, acting=person, asked=filter_, words=list(filter_), now=NOW
            )

    return asked


def begun(export: Export) -> Run:
    run = begin(export.company_id, export.pk, now=NOW)
    assert run is not None
    return run


def now_is(export: Export) -> Export:
    """The export as it is in the database."""
    with scope(company=export.company_id):
        return Export.objects.select_related("company", "person").get(pk=export.pk)
