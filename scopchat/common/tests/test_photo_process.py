"""Photos looked at in a process of their own."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image

from scopchat.common import photo_process
from scopchat.common.images import NotAPhoto
from scopchat.common.photo_process import checked_apart


def photo(width: int, height: int, kind: str = "JPEG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(written, kind)
    return written.getvalue()


async def test_it_gives_the_photo_written_anew() -> None:
    found = await checked_apart(photo(40, 30, "PNG"))
    assert (found.content_type, found.extension) == ("image/png", "png")
    assert Image.open(io.BytesIO(found.content)).size == (40, 30)


async def test_the_largest_photo_that_is_taken_fits_into_its_memory() -> None:
    found = await checked_apart(photo(5000, 5000))
    assert Image.open(io.BytesIO(found.content)).size == (5000, 5000)


@pytest.mark.parametrize("content", [photo(5000, 5001), b"", b"<svg/>"], ids=["pixels", "nothing", "svg"])
async def test_it_refuses_what_is_no_photo_for_us(content: bytes) -> None:
    with pytest.raises(NotAPhoto):
        await checked_apart(content)


async def test_a_picture_that_needs_too_much_is_no_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds in the other process: here the very start of it is too much."""
    monkeypatch.setattr(photo_process, "__name__", "scopchat.common.tests.greedy")
    with pytest.raises(NotAPhoto, match="too much work"):
        await checked_apart(photo(40, 30))


def bomb() -> bytes:
    """A PNG whose head says 4 × 4 and whose data unpack to 200 MB."""
    content = photo(4, 4, "PNG")
    at = content.index(b"IDAT") - 4
    data = zlib.compress(b"\0" * 200_000_000)
    chunk = b"IDAT" + data
    return content[:at] + len(data).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + content[-12:]


async def test_a_bomb_in_the_data_costs_the_other_process_little() -> None:
    found = await checked_apart(bomb())
    assert Image.open(io.BytesIO(found.content)).size == (4, 4)
