"""Photos of inbound messages, once the gateway has fetched them."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from scopchat.common.images import NotAPhoto, checked_photo
from scopchat.events.catalogue import Part
from scopchat.interactions.models import Attachment, AttachmentState
from scopchat.interactions.services.changes import announce

MOST_ATTEMPTS = 5


def store(*, attachment: Attachment, content: bytes) -> None:
    """Keeps our own checked copy of the photo; what is no photo is refused for good."""
    try:
        photo = checked_photo(content)
    except NotAPhoto:
        _settle(attachment, AttachmentState.REFUSED)
        return
    attachment.content_type = photo.content_type
    name = f"{attachment.message_id}-{attachment.position}.{photo.extension}"
    attachment.file.save(name, ContentFile(photo.content), save=False)
    _settle(attachment, AttachmentState.READY)


def note_failure(*, attachment: Attachment, permanent: bool) -> None:
    """Counts a failed fetch; after `MOST_ATTEMPTS`, or a permanent refusal, the photo is lost."""
    Attachment.objects.filter(pk=attachment.pk).update(attempts=F("attempts") + 1)
    if permanent or attachment.attempts + 1 >= MOST_ATTEMPTS:
        _settle(attachment, AttachmentState.LOST)


@transaction.atomic
def _settle(attachment: Attachment, state: AttachmentState) -> None:
    attachment.state = state
    attachment.save(update_fields=["state", "content_type", "file"])
    announce(attachment.message.interaction, part=Part.THREAD)
