"""Photos from outside: recognised by content, bounded before they are decoded, written anew without metadata."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 5_000_000
MAX_PIXELS = 50_000_000
FORMATS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "GIF": ("image/png", "png")}
"""What is accepted, and what it is written as; of a GIF the first picture."""


class NotAPhoto(ValueError):
    """The content is no acceptable photo; the text says why."""


@dataclass(frozen=True, slots=True)
class Photo:
    content: bytes
    content_type: str
    extension: str


def checked_photo(content: bytes) -> Photo:
    """The photo re-encoded upright and without EXIF. Raises `NotAPhoto` for other types, sizes and bombs."""
    if len(content) > MAX_BYTES:
        raise NotAPhoto("larger than 5 MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=list(FORMATS))
            if picture.width * picture.height > MAX_PIXELS:
                raise NotAPhoto("too many pixels")
            content_type, extension = FORMATS[picture.format or ""]
            upright = ImageOps.exif_transpose(picture)
            mode = "RGB" if extension == "jpg" else "RGBA"
            written = io.BytesIO()
            upright.convert(mode).save(written, "JPEG" if extension == "jpg" else "PNG", quality=88)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPhoto(str(error) if isinstance(error, NotAPhoto) else "not a JPEG, PNG or GIF photo") from error
    except Image.DecompressionBombWarning as error:
        raise NotAPhoto("too many pixels") from error
    return Photo(written.getvalue(), content_type, extension)
