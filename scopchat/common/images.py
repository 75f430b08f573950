"""Photos from outside: recognised by content, bounded before they are decoded, written anew without metadata."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

MAX_BYTES = 5_000_000
MAX_PIXELS = 25_000_000
DECODERS = ("JPEG", "PNG", "GIF")
WRITTEN_AS = {
    "JPEG": ("image/jpeg", "jpg"),
    # What Pillow calls a JPEG with more pictures behind the first, as the cameras of many phones write it.
    "MPO": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "GIF": ("image/png", "png"),
}
"""What is accepted, and what it is written as; the first picture where there are several."""


class NotAPhoto(ValueError):
    """The content is no acceptable photo; the text says why."""


class TooLarge(NotAPhoto):
    """More than `MAX_BYTES`."""

    def __init__(self) -> None:
        super().__init__("larger than 5 MB")


@dataclass(frozen=True, slots=True)
class Photo:
    content: bytes
    content_type: str
    extension: str


def checked_photo(content: bytes) -> Photo:
    """The photo re-encoded upright and without metadata. Raises `NotAPhoto` for other types, sizes and bombs."""
    if len(content) > MAX_BYTES:
        raise TooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=DECODERS)
            if picture.width * picture.height > MAX_PIXELS:
                raise NotAPhoto("too many pixels")
            content_type, extension = WRITTEN_AS[picture.format or ""]
            upright = ImageOps.exif_transpose(picture)
            mode = "RGB" if extension == "jpg" else "RGBA"
            bare = upright.convert(mode)
            bare.info.clear()
            written = io.BytesIO()
            bare.save(written, "JPEG" if extension == "jpg" else "PNG", quality=88)
    except NotAPhoto:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise NotAPhoto("too many pixels") from error
    except Exception as error:
        # Decoders raise whatever a broken file makes them stumble over: struct.error, TypeError, SyntaxError and more.
        raise NotAPhoto("not a JPEG, PNG or GIF photo") from error
    return Photo(written.getvalue(), content_type, extension)
