"""Links to photos: signed, and good for a while only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from scopchat.common.clock import utc_now
from scopchat.interactions.models import Attachment, AttachmentState

LIFE = 3600
"""Seconds: a link lives at least this long and less than twice as long."""
_signer = Signer(salt="scopchat.interactions.media")


def link_to(attachment_id: int) -> str:
    """Address of the photo. The same for an hour, so that pages redrawn meanwhile do not load it again."""
    expires = (int(utc_now().timestamp()) // LIFE + 2) * LIFE
    return reverse("interactions:attachment", args=[_signer.sign(f"{attachment_id}.{expires}")])


def read_link(token: str) -> int | None:
    """Id of the attachment, or None when the link was not ours or has expired."""
    try:
        attachment_id, expires = _signer.unsign(token).split(".")
    except (BadSignature, ValueError):
        return None
    return int(attachment_id) if int(expires) > utc_now().timestamp() else None


def photos_of(message_ids: Iterable[int]) -> dict[int, list[tuple[str, str, str]]]:
    """State, state in words and address of each message's photos, in their order."""
    photos = defaultdict(list)
    found = Attachment.objects.filter(message_id__in=message_ids).only("message_id", "state").order_by("position")
    for photo in found:
        url = link_to(photo.pk) if photo.state == AttachmentState.READY else ""
        photos[photo.message_id].append((photo.state, str(photo.get_state_display()), url))
    return photos
