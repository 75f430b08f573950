"""Photos of ours: what is taken, whose they are, and where the carrier finds them."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_scopes import scope, scopes_disabled
from PIL import Image

from scopchat.accounts.models import User
from scopchat.common.clock import utc_now
from scopchat.interactions import media
from scopchat.interactions.errors import EmptyText
from scopchat.interactions.models import Attachment, Interaction, Message, Upload
from scopchat.interactions.services import sending, uploads
from scopchat.interactions.services.reply import reply
from scopchat.interactions.services.uploads import PhotosRefused
from scopchat.interactions.tests.desk import NOW, conversation
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in


@pytest.fixture(autouse=True)
def photos_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Caméra"
    Image.new("RGB", size, "teal").save(written, kind, exif=exif)
    return written.getvalue()


def send_up(browser: Client, content: bytes, name: str = "photo.jpg") -> Any:
    return browser.post("/messages/upload/", {"photo": SimpleUploadedFile(name, content)}, headers=FRAGMENT)


def upload(cast: Cast, person: User, *, size: int = 1_000) -> int:
    with scope(company=cast.client):
        found = uploads.keep(
            company=cast.client, person=person, photo=uploads.Photo(picture(), "image/jpeg", "jpg"), now=NOW
        )
        Upload.objects.filter(pk=found.pk).update(size=size)
        return int(found.pk)


def answer(cast: Cast, interaction: Interaction, text: str, *photos: int, key: Any = None) -> Message:
    with scope(company=cast.client):
        return reply(
            interaction=interaction,
            acting=cast.admin,
            text=text,
            idempotency_key=key or uuid4(),
            now=NOW,
            photos=photos,
        )


def test_a_photo_is_taken_without_what_it_tells_of_its_camera(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    answered = send_up(browser, picture())
    assert answered.status_code == 200
    with scope(company=cast.client):
        (kept,) = Upload.objects.all()
    assert f'name="photos" value="{kept.pk}"' in answered.content.decode()
    with default_storage.open(kept.file.name) as file:
        assert b"Cam" not in file.read()
    shown = browser.get(media.link_to_upload(kept.pk))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    for other in (cast.manager, cast.outsider_admin):
        assert signed_in(other).get(media.link_to_upload(kept.pk)).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hello", "Ce n’est pas une photo JPG ou PNG."),
        (b"", "Ce n’est pas une photo JPG ou PNG."),
        (b"\xff\xd8\xff" + b"x" * 100, "Ce n’est pas une photo JPG ou PNG."),
        (b"<svg onload='alert(1)'/>", "Ce n’est pas une photo JPG ou PNG."),
        (b"x" * 5_000_001, "Plus de 5 Mo."),
    ],
)
def test_anything_else_is_refused_in_words(cast: Cast, content: bytes, words: str) -> None:
    answered = send_up(signed_in(cast.admin), content, "photo.png")
    assert (answered.status_code, answered.content.decode()) == (422, words)
    with scope(company=cast.client):
        assert not Upload.objects.exists()


def test_it_goes_with_the_text_and_is_nobodys_any_more(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    photos = [upload(cast, cast.admin) for _ in range(2)]
    key = uuid4()
    message = answer(cast, interaction, "", *reversed(photos), key=key)
    assert answer(cast, interaction, "", *photos, key=key) == message
    with scope(company=cast.client):
        found = list(Attachment.objects.filter(message=message).order_by("position"))
        assert not Upload.objects.exists()
        interaction.refresh_from_db()
    assert [(one.position, one.state, one.content_type) for one in found] == [
        (n, "ready", "image/jpeg") for n in (0, 1)
    ]
    assert (message.text, message.segments, interaction.preview) == ("", 1, "🖼")


def test_a_text_without_photos_and_words_is_still_empty(cast: Cast) -> None:
    with pytest.raises(EmptyText):
        answer(cast, conversation(cast.channel_queue), "")


def test_what_cannot_go_is_refused_and_nothing_is_queued(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    interaction = conversation(cast.channel_queue)
    mine = [upload(cast, cast.admin, size=2_000_000) for _ in range(3)]
    foreign = upload(cast, cast.manager)
    for photos in ([foreign], [mine[0], foreign], [9_999_999], mine, list(range(11))):
        with pytest.raises(PhotosRefused):
            answer(cast, interaction, "Voici", *photos)
    with scope(company=cast.client):
        assert Upload.objects.count() == 4
        assert not Message.objects.filter(direction="out").exists()
    monkeypatch.setattr("scopchat.channels.providers.simulator.adapter.SimulatorAdapter.max_photos", 0)
    with pytest.raises(PhotosRefused):
        answer(cast, interaction, "Voici", mine[0])


def test_the_carrier_finds_it_for_a_while_and_nobody_else_does(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    message = answer(cast, conversation(cast.channel_queue), "", upload(cast, cast.admin))
    channel = cast.channel_queue
    with scopes_disabled():
        (claimed,) = sending.claim(
            limits={channel.pk: 5}, senders={channel.pk: channel.address}, shard=channel.shard, most=5, claim=uuid4(),
            now=utc_now(),
        )  # fmt: skip
    (address,) = claimed.message.media_urls
    assert claimed.message.attempt.message_id == message.pk
    path, stranger = urlsplit(address).path, Client()
    assert path.startswith("/photo/")
    for ask in (stranger.get, stranger.head):
        found = ask(path)
        assert (found.status_code, found["Content-Type"]) == (200, "image/jpeg")
        assert int(found["Content-Length"]) > 100
    assert stranger.head(path).content == b""
    assert stranger.post(path).status_code == 405
    for wrong in (path[:-2] + "/", path.replace("/photo/", "/photo/1"), media.link_to(1).replace("/messages", "")):
        assert stranger.get(wrong).status_code == 404
    later = utc_now() + timedelta(hours=13)
    monkeypatch.setattr("scopchat.interactions.media.utc_now", lambda: later)
    assert stranger.get(path).status_code == 404


def test_what_was_never_sent_goes_with_its_file(cast: Cast) -> None:
    old, new = upload(cast, cast.admin), upload(cast, cast.admin)
    with scopes_disabled():
        names = dict(Upload.objects.values_list("pk", "file"))
        Upload.objects.filter(pk=old).update(uploaded_at=NOW - timedelta(days=8))
        assert sum(uploads.prune(NOW - timedelta(days=7))) == 1
        assert list(Upload.objects.values_list("pk", flat=True)) == [new]
    assert [default_storage.exists(names[pk]) for pk in (old, new)] == [False, True]
