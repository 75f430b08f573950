"""Photos of inbound messages, once the gateway has fetched them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from scopchat.common.images import Photo
from scopchat.events.catalogue import Part
from scopchat.interactions.models import Attachment, AttachmentState
from scopchat.interactions.services.changes import announce

PAUSES = [timedelta(seconds=seconds) for seconds in (10, 60, 300, 1_800, 7_200, 21_600)]
"""After each failed attempt; a photo that fails once more is lost."""


def store(*, attachment: Attachment, photo: Photo) -> None:
    """Keeps our own checked copy of the photo."""
    attachment.content_type = photo.content_type
    name = f"{attachment.message_id}-{attachment.position}.{photo.extension}"
    attachment.file.save(name, ContentFile(photo.content), save=False)
    _settle(attachment, AttachmentState.READY)


def refuse(*, attachment: Attachment) -> None:
    """What was fetched is no photo, for good."""
    _settle(attachment, AttachmentState.REFUSED)


def note_failure(*, attachment: Attachment, permanent: bool, now: datetime) -> None:
    """Counts a failed fetch; after the last of `PAUSES`, or a permanent refusal, the photo is lost."""
    pauses = PAUSES[attachment.attempts : attachment.attempts + 1]
    not_before = now + pauses[0] if pauses else None
    Attachment.objects.filter(pk=attachment.pk).update(attempts=F("attempts") + 1, not_before=not_before)
    if permanent or not pauses:
        _settle(attachment, AttachmentState.LOST)


@transaction.atomic
def _settle(attachment: Attachment, state: AttachmentState) -> None:
    attachment.state = state
    attachment.save(update_fields=["state", "content_type", "file"])
    if attachment.message.interaction is not None:
        announce(attachment.message.interaction, part=Part.THREAD)
