"""Photos from strangers: recognised by content, written anew, nothing of theirs but the picture."""

from __future__ import annotations

import io
import random
import struct
import zlib
from contextlib import suppress

import pytest
from PIL import Image, PngImagePlugin

from scopchat.common.images import MAX_BYTES, NotAPhoto, checked_photo

ORIENTATION, DESCRIPTION = 0x0112, 0x010E


def photo(kind: str, *, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 1).save(written, kind, **options)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def metadata() -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[DESCRIPTION] = "SECRET place"
    return exif


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes of PNG whose header promises a huge picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "content_type", "extension", "written"),
    [
        ("JPEG", "image/jpeg", "jpg", "JPEG"),
        ("PNG", "image/png", "png", "PNG"),
        ("GIF", "image/png", "png", "PNG"),
    ],
)
def test_it_takes_photos_by_their_content(kind: str, content_type: str, extension: str, written: str) -> None:
    checked = checked_photo(photo(kind))
    assert (checked.content_type, checked.extension) == (content_type, extension)
    assert (opened(checked.content).format, opened(checked.content).size) == (written, (40, 20))


def test_it_takes_a_phones_jpeg_with_a_second_picture_behind_the_first() -> None:
    both = photo("MPO", save_all=True, append_images=[Image.new("RGB", (40, 20), "blue")])
    checked = checked_photo(both)
    assert checked.content_type == "image/jpeg"
    assert opened(checked.content).format == "JPEG"


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "1")])
def test_it_takes_other_colour_modes(kind: str, mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (4, 4)).save(written, kind)
    assert opened(checked_photo(written.getvalue()).content).mode == ("RGB" if kind == "JPEG" else "RGBA")


def test_it_turns_the_photo_upright() -> None:
    assert opened(checked_photo(photo("JPEG", exif=metadata())).content).size == (20, 40)


def test_nothing_the_camera_wrote_into_a_jpeg_is_kept() -> None:
    sent = photo("JPEG", exif=metadata(), comment=b"SECRET", xmp=b"SECRET", icc_profile=b"SECRET")
    assert sent.count(b"SECRET") == 4
    kept = checked_photo(sent).content
    assert b"SECRET" not in kept
    assert not opened(kept).getexif()


def test_nothing_a_program_wrote_into_a_png_is_kept() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "SECRET")
    words.add_itxt("XML:com.adobe.xmp", "SECRET")
    sent = photo("PNG", exif=metadata(), pnginfo=words)
    assert sent.count(b"SECRET") == 3
    assert b"SECRET" not in checked_photo(sent).content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a photo",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        photo("BMP"),
        photo("TIFF"),
        photo("WEBP"),
        photo("JPEG")[:300],
        photo("PNG")[:60],
    ],
    ids=["empty", "text", "svg", "html", "pdf", "jpeg-head", "gif-head", "bmp", "tiff", "webp", "cut-jpeg", "cut-png"],
)
def test_it_refuses_everything_else(content: bytes) -> None:
    with pytest.raises(NotAPhoto, match="not a JPEG, PNG or GIF photo"):
        checked_photo(content)


@pytest.mark.parametrize(("width", "height"), [(8_000, 8_000), (60_000, 60_000)])
def test_it_refuses_a_bomb_before_decoding_it(width: int, height: int) -> None:
    with pytest.raises(NotAPhoto, match="too many pixels"):
        checked_photo(png_that_claims(width, height))


def test_it_refuses_large_files_unseen() -> None:
    with pytest.raises(NotAPhoto, match="larger than 5 MB"):
        checked_photo(b"\0" * (MAX_BYTES + 1))


def test_a_damaged_photo_is_refused_and_breaks_nothing() -> None:
    chance = random.Random(7)
    sound = [photo("JPEG", exif=metadata()), photo("PNG", exif=metadata()), photo("GIF")]
    sound.append(photo("MPO", save_all=True, append_images=[Image.new("RGB", (4, 4))], exif=metadata()))
    for _try in range(1_500):
        damaged = bytearray(chance.choice(sound))
        for _byte in range(chance.randint(1, 4)):
            damaged[chance.randrange(min(len(damaged), 250))] = chance.randrange(256)
        with suppress(NotAPhoto):
            checked_photo(bytes(damaged))
