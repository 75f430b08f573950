"""Recipients are taken away with what became of each."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from pytest_django import Settings

from scopchat.exports import files, running
from scopchat.exports.models import Export
from scopchat.interactions.status import MessageStatus
from scopchat.masssends.audience import Audience
from scopchat.masssends.tests.desk import NOON, confirmed, left, listed, number, settle, take
from tests.cast import Cast
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("filters", "lines"),
    [
        ({}, [("Élodie", "échec"), ("", "remis à l’opérateur"), ("", "désinscrit")]),
        ({"outcome": "failed"}, [("Élodie", "échec")]),
        ({"q": "elodie"}, [("Élodie", "échec")]),
    ],
)
def test_what_the_filter_finds_is_taken_away(
    cast: Cast, tmp_path: Path, settings: Settings, filters: dict[str, str], lines: list[tuple[str, str]]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    listed(cast, [1], name="Élodie")
    left(cast.channel_queue, 3)
    made = confirmed(cast, Audience(numbers=tuple(map(number, (1, 2, 3)))))
    one, two = take(cast.channel_queue)
    settle([one], MessageStatus.FAILED, reason="bad_number")
    settle([two], MessageStatus.SENT)
    signed_in(cast.admin).post(f"/mass-sends/{made.pk}/export/", filters)
    export = Export.objects.get()
    run = running.begin(cast.client.pk, export.pk, now=NOON)
    assert run is not None
    while run.step(now=NOON):
        pass
    text = b"".join(files.pieces(export.pk)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert [(row[1], row[2]) for row in rows[1:]] == lines
