"""Photos that come with a request, looked at in a process of their own, a few at a time."""

from __future__ import annotations

import threading

from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import UploadedFile

from scopchat.common.images import MAX_BYTES, NotAPhoto, Photo, TooLarge
from scopchat.common.photo_process import checked_apart

AT_ONCE = 2
"""In one web process: as many looks as there are requests could take all of the machine's memory."""
_looks = threading.BoundedSemaphore(AT_ONCE)


def checked_upload(file: object) -> Photo:
    """The photo as `checked_apart` gives it. Raises `TooLarge`, and `NotAPhoto` also where no file came."""
    if not isinstance(file, UploadedFile):
        raise NotAPhoto("no file")
    if (file.size or 0) > MAX_BYTES:
        raise TooLarge
    with _looks:
        return async_to_sync(checked_apart)(file.read())
