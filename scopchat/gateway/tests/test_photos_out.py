"""A photo of ours through Twilio: it is handed an address, where it finds the photo with a HEAD and a GET."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django_scopes import scope

from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common.clock import utc_now
from scopchat.common.images import Photo
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.tests.carriers import drain, fresh, point_at, serving
from scopchat.gateway.tests.conftest import Desk
from scopchat.interactions.models import Message
from scopchat.interactions.services import start, uploads

pytestmark = pytest.mark.django_db(transaction=True)


def queue_photo(desk: Desk) -> Message:
    with scope(company=desk.cast.client):
        photo = uploads.keep(
            company=desk.cast.client, person=desk.cast.admin, photo=Photo(b"photo", "image/png", "png"), now=utc_now()
        )
        return start.start(
            channel=desk.channel, acting=desk.cast.admin, phone="+15145550142", text="", photos=[photo.pk],
            idempotency_key=uuid4(), now=utc_now(),
        )  # fmt: skip


def fetched(address: str) -> list[tuple[int, str, bytes]]:
    answers = [ask(urlsplit(address).path) for ask in (Client().head, Client().get)]
    return [(found.status_code, found["Content-Type"], found.content) for found in answers]


async def test_it_leaves_as_an_mms_without_words(desk: Desk, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    message = await in_thread_unscoped(queue_photo, desk)
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    (taken,) = desk.carrier.texts.values()
    assert (taken.body, len(taken.media)) == ("", 1)
    assert taken.media[0].startswith(f"{settings.PUBLIC_URL}/photo/")
    found = await in_thread_unscoped(fetched, taken.media[0])
    assert found == [(200, "image/png", b""), (200, "image/png", b"photo")]
    assert (await in_thread_unscoped(fresh, message)).status == "sent"
