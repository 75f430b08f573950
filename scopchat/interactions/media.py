"""Links to photos: signed, and good for a while only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from scopchat.common.clock import utc_now
from scopchat.interactions.models import Attachment, AttachmentState
from scopchat.tenancy.addresses import outside

LIFE = 3600
"""Seconds: a link lives at least this long and less than twice as long."""
OURS, UPLOADS, CARRIERS = (
    "scopchat.interactions.media",
    "scopchat.interactions.uploads",
    "scopchat.interactions.carriers",
)
"""Salts of links to photos of threads, to photos not sent yet, and of those that carriers are given."""
CARRIERS_LIFE = timedelta(hours=12)
"""Of a link that a carrier was given: it fetches the photo when it sends the text, after what stands before it."""


def link_to(attachment_id: int) -> str:
    """Address of the photo. The same for an hour, so that pages redrawn meanwhile do not load it again."""
    return reverse("interactions:attachment", args=[_sign(OURS, attachment_id, _expiry())])


def link_to_upload(upload_id: int) -> str:
    """Address of a photo that is not sent yet."""
    return reverse("interactions:uploaded", args=[_sign(UPLOADS, upload_id, _expiry())])


class CarriersLink(NamedTuple):
    """What a carrier's link names."""

    company_id: int
    photo_id: int


def carriers_links(photos: Sequence[int], *, company_id: int, now: datetime) -> tuple[str, ...]:
    """Public addresses of these photos, for the carrier that is to send them."""
    expires = int((now + CARRIERS_LIFE).timestamp())
    tokens = (_sign(CARRIERS, company_id, pk, expires) for pk in photos)
    return tuple(settings.PUBLIC_URL + outside("carriers_photo", token=token) for token in tokens)


def _expiry() -> int:
    return (int(utc_now().timestamp()) // LIFE + 2) * LIFE


def read_link(token: str) -> int | None:
    """Id of the attachment, or None when the link was not ours or has expired."""
    found = _read(token, OURS)
    return found[0] if found else None


def read_upload_link(token: str) -> int | None:
    """Id of the upload, otherwise as `read_link`."""
    found = _read(token, UPLOADS)
    return found[0] if found else None


def read_carriers_link(token: str) -> CarriersLink | None:
    """What a link that a carrier has names, otherwise as `read_link`."""
    found = _read(token, CARRIERS)
    return CarriersLink(*found) if found else None


def _sign(salt: str, *numbers: int) -> str:
    return Signer(salt=salt).sign(".".join(map(str, numbers)))


def _read(token: str, salt: str) -> list[int] | None:
    """The numbers in the token."""
    try:
        *numbers, expires = map(int, Signer(salt=salt).unsign(token).split("."))
    except (BadSignature, ValueError):
        return None
    return numbers if expires > utc_now().timestamp() else None


def photos_of(message_ids: Iterable[int]) -> dict[int, list[tuple[str, str, str]]]:
    """State, state in words and address of each message's photos, in their order."""
    photos = defaultdict(list)
    found = Attachment.objects.filter(message_id__in=message_ids).only("message_id", "state").order_by("position")
    for photo in found:
        url = link_to(photo.pk) if photo.state == AttachmentState.READY else ""
        photos[photo.message_id].append((photo.state, str(photo.get_state_display()), url))
    return photos
