"""Photos that come with texts: fetched later, checked by content, refused or given up in words."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from django.conf import LazySettings
from PIL import Image

from scopchat.channels.providers.twilio.fake import callbacks
from scopchat.common import http
from scopchat.common.images import Photo
from scopchat.gateway import media
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.tests.carriers import point_at, serving
from scopchat.gateway.tests.conftest import Desk, route_everything
from scopchat.gateway.tests.test_router import journal
from scopchat.interactions.models import Attachment

pytestmark = pytest.mark.django_db(transaction=True)


def jpeg() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(written, "JPEG")
    return written.getvalue()


class Store:
    """The carrier's media: answers by path, and remembers who asked with credentials."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes, list[tuple[bytes, bytes]]]] = {}
        self.asked: dict[str, bool] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        status, body, headers = self.answers.get(scope["path"], (404, b"", []))
        self.asked[scope["path"]] = b"authorization" in dict(scope["headers"])
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def receive_photo(desk: Desk, url: str) -> int:
    """An MMS with one photo at `url` arrives; the attachment's id."""
    form = {
        "MessageSid": "MM" + "1" * 32, "AccountSid": desk.carrier.account_sid, "From": "+15145550142", "Body": "Voici",
        "To": desk.channel.address, "NumMedia": "1", "MediaUrl0": url, "MediaContentType0": "image/jpeg",
    }  # fmt: skip
    journal(desk, callbacks.signed(desk.carrier, desk.inbound_url, form))
    route_everything()
    return Attachment.objects.get().pk


def fresh(pk: int) -> Attachment:
    return Attachment.objects.select_related("message").get(pk=pk)


async def fetch(desk: Desk, store: Store, path: str, *, allow_private: bool = True) -> Attachment:
    """One round of fetching the photo at the store's path."""
    async with serving(store) as url, http.Client(allow_private=allow_private) as client:
        await in_thread_unscoped(point_at, desk, url)
        attachment = await in_thread_unscoped(receive_photo, desk, f"{url}{path}")
        await media.fetch_pending(client)
    return await in_thread_unscoped(fresh, attachment)


@pytest.fixture(autouse=True)
def _private_hosts(settings: LazySettings, tmp_path: Any) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True
    settings.MEDIA_ROOT = tmp_path


async def test_it_keeps_its_own_copy_and_shows_the_carrier_its_credentials(desk: Desk) -> None:
    store = Store()
    store.answers["/photo"] = (200, jpeg(), [])
    attachment = await fetch(desk, store, "/photo")
    assert (attachment.state, attachment.content_type) == ("ready", "image/jpeg")
    with attachment.file.open() as file:
        assert Image.open(file).size == (40, 30)
    assert store.asked == {"/photo": True}
    assert attachment.message.text == "Voici"


async def test_it_follows_redirects_but_not_for_ever(desk: Desk) -> None:
    store = Store()
    store.answers["/loop"] = (302, b"", [(b"location", b"/loop")])
    attachment = await fetch(desk, store, "/loop")
    assert attachment.state == "lost"


async def test_it_fetches_behind_a_redirect(desk: Desk) -> None:
    store = Store()
    store.answers |= {"/photo": (307, b"", [(b"location", b"/stored")]), "/stored": (200, jpeg(), [])}
    assert (await fetch(desk, store, "/photo")).state == "ready"


@pytest.mark.parametrize("content", [b"<svg onload='x'/>", b"<html>", b"", b"GIF89a", b"%PDF-1.7"])
async def test_it_refuses_what_is_no_photo(desk: Desk, content: bytes) -> None:
    store = Store()
    store.answers["/photo"] = (200, content, [(b"content-type", b"image/jpeg")])
    attachment = await fetch(desk, store, "/photo")
    assert (attachment.state, bool(attachment.file)) == ("refused", False)


@pytest.mark.parametrize("url", ["https://x.example/\0", "https://x.example/" + "x" * 3000, "javascript:é", ""])
async def test_a_text_is_stored_whatever_its_photos_are(desk: Desk, url: str) -> None:
    attachment = await in_thread_unscoped(receive_photo, desk, url)
    found = await in_thread_unscoped(fresh, attachment)
    assert (found.state, found.message.text) == ("lost", "Voici")


class Waiting(Store):
    """Photos of one address are never sent."""

    def __init__(self) -> None:
        super().__init__()
        self.never = asyncio.Event()
        self.slow = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].startswith("/slow"):
            self.slow += 1
            await self.never.wait()
        await super().__call__(scope, receive, send)


async def test_sixty_photos_that_never_come_keep_nobody_elses_waiting(desk: Desk) -> None:
    store = Waiting()
    store.answers["/photo"] = (200, jpeg(), [])
    async with serving(store) as url, http.Client(allow_private=True) as client:
        await in_thread_unscoped(point_at, desk, url)
        other = await in_thread_unscoped(_photos, desk, url)
        fetching = asyncio.create_task(media.fetch_pending(client))
        async with asyncio.timeout(10):
            while (await in_thread_unscoped(fresh, other)).state != "ready":
                await asyncio.sleep(0.05)
        assert store.slow == media.COMPANY_AT_ONCE
        fetching.cancel()
        store.never.set()
        await asyncio.gather(fetching, return_exceptions=True)


def _photos(desk: Desk, url: str) -> int:
    """Sixty of one company, and one of another that came last; its id."""
    first = receive_photo(desk, f"{url}/slow")
    found = Attachment.objects.get(pk=first)
    for position in range(1, 60):
        found.pk, found.position, found.source_url = None, position, f"{url}/slow{position}"
        found.save(force_insert=True)
    found.pk, found.company, found.position, found.source_url = None, desk.cast.outsider, 60, f"{url}/photo"
    found.save(force_insert=True)
    return int(found.pk)


async def test_photos_are_looked_at_one_at_a_time_for_a_company(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most = 0, 0

    async def look(content: bytes) -> Photo:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.05)
        at_once -= 1
        return Photo(content, "image/jpeg", "jpg")

    monkeypatch.setattr(media, "checked_apart", look)
    store = Store()
    store.answers = {f"/slow{n or ''}": (200, jpeg(), []) for n in range(60)}
    async with serving(store) as url, http.Client(allow_private=True) as client:
        await in_thread_unscoped(point_at, desk, url)
        await in_thread_unscoped(_photos, desk, url)
        await in_thread_unscoped(lambda: Attachment.objects.filter(position__gt=10).delete())
        await media.fetch_pending(client)
    assert await in_thread_unscoped(lambda: set(Attachment.objects.values_list("state", flat=True))) == {"ready"}
    assert most == 1


@pytest.mark.parametrize(("status", "state"), [(404, "lost"), (403, "lost"), (503, "pending")])
async def test_it_tries_again_only_when_that_may_help(desk: Desk, status: int, state: str) -> None:
    store = Store()
    store.answers["/photo"] = (status, b"", [])
    attachment = await fetch(desk, store, "/photo")
    assert (attachment.state, attachment.attempts) == (state, 1)


async def test_it_does_not_fetch_from_inside_the_network(desk: Desk) -> None:
    store = Store()
    store.answers["/photo"] = (200, jpeg(), [])
    attachment = await fetch(desk, store, "/photo", allow_private=False)
    assert attachment.state == "lost"
    assert store.asked == {}
