"""The job that writes exports: it takes turns with others, and asks for who waits."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django_scopes import scope, scopes_disabled
from procrastinate.contrib.django.models import ProcrastinateJob

from scopchat.common.clock import utc_now
from scopchat.exports.kinds import KINDS
from scopchat.exports.models import Export
from scopchat.exports.services import ask
from scopchat.gateway import tasks
from scopchat.gateway.database import in_thread_unscoped
from scopchat.interactions.tests.desk import conversation
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(cast: Cast, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Three exports of nine conversations, to be written two at a time."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("scopchat.interactions.archive_export.AT_A_TIME", 2)
    for number in range(9):
        conversation(cast.channel_queue, f"+1514555010{number}")
    with scope(company=cast.client):
        return [
            ask(
                kind=KINDS["interactions"], company=cast.client, acting=person, asked={}, words=[], now=utc_now()
            ).pk
            for person in (cast.admin, cast.manager, cast.agent)
        ]  # fmt: skip


def jobs() -> list[int]:
    return sorted(job.args["export"] for job in ProcrastinateJob.objects.filter(task_name=tasks.export.name))


def states(ids: list[int]) -> list[tuple[str, int]]:
    with scopes_disabled():
        return list(Export.objects.filter(pk__in=ids).order_by("pk").values_list("state", "rows"))


async def test_jobs_write_exports_side_by_side_and_ask_for_the_next(cast: Cast, asked: list[int]) -> None:
    assert await in_thread_unscoped(jobs) == asked[:2]
    await in_thread_unscoped(ProcrastinateJob.objects.all()._raw_delete, "default")

    await asyncio.gather(*(tasks.export(company=cast.client.pk, export=one) for one in asked[:2]))

    assert await in_thread_unscoped(states, asked) == [("done", 9), ("done", 9), ("waiting", 0)]
    assert await in_thread_unscoped(jobs) == asked[2:]
    await tasks.export(company=cast.client.pk, export=asked[2])
    assert await in_thread_unscoped(states, asked[2:]) == [("done", 9)]
