"""Photos that people put into what they write: kept when they are chosen, the text's once it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from scopchat.accounts.models import User
from scopchat.channels.models import Channel
from scopchat.channels.providers.registry import adapter_for
from scopchat.common.images import MAX_BYTES, Photo
from scopchat.common.refusals import Refusal
from scopchat.interactions.models import Attachment, AttachmentState, Message, Upload
from scopchat.tenancy.models import Company

PRUNED_AT_ONCE = 100


class PhotosRefused(Refusal):
    """The photos cannot go with the text: words say why."""

    code = "photos_refused"


def keep(*, company: Company, person: User, photo: Photo, now: datetime) -> Upload:
    """Stores a checked photo until its text is sent."""
    upload = Upload(company=company, person=person, content_type=photo.content_type, size=len(photo.content))
    upload.uploaded_at = now
    upload.file.save(f"upload.{photo.extension}", ContentFile(photo.content), save=False)
    upload.save(force_insert=True)
    return upload


def chosen(ids: Sequence[int], *, person: User, channel: Channel) -> list[Upload]:
    """The person's photos of these ids, in their order, for a text of the channel. Raises `PhotosRefused`.

    They are the running transaction's until it ends: no second text takes them.
    """
    if not ids:
        return []
    most = max_photos(channel)
    if len(ids) > most:
        raise PhotosRefused(_("At most %(n)d photos go with a text from this channel.") % {"n": most})
    found = {one.pk: one for one in Upload.objects.select_for_update().filter(person=person, pk__in=ids)}
    if not found.keys() >= set(ids):
        raise PhotosRefused(_("A photo is no longer there. Remove it and add it again."))
    photos = [found[pk] for pk in dict.fromkeys(ids)]
    if sum(photo.size for photo in photos) > MAX_BYTES:
        raise PhotosRefused(_("The photos together are larger than 5 MB: send them in several texts."))
    return photos


def max_photos(channel: Channel) -> int:
    """How many photos may go with one text; none where the carrier takes none."""
    return adapter_for(channel.provider.kind).max_photos


def attach(photos: Sequence[Upload], *, to: Message) -> None:
    """Makes the photos those of the text, in the running transaction."""
    Attachment.objects.bulk_create(
        Attachment(
            company_id=to.company_id,
            message=to,
            position=position,
            content_type=photo.content_type,
            state=AttachmentState.READY,
            file=photo.file.name,
        )
        for position, photo in enumerate(photos)
    )
    Upload.objects.filter(pk__in=[photo.pk for photo in photos]).delete()


def give_back(message: Message, *, person: User, now: datetime) -> list[Upload]:
    """Makes the photos of a text that is not to be sent the person's again, in the running transaction."""
    found = Attachment.objects.filter(message=message).order_by("position")
    return Upload.objects.bulk_create(
        Upload(
            company_id=message.company_id,
            person=person,
            content_type=photo.content_type,
            size=photo.file.size,
            file=photo.file.name,
            uploaded_at=now,
        )
        for photo in found
    )


def prune(before: datetime) -> Iterator[int]:
    """Removes photos of texts that were never sent, with their files."""
    while True:
        with transaction.atomic():
            old = Upload.objects.select_for_update(skip_locked=True).filter(uploaded_at__lt=before)
            found = list(old.order_by("pk")[:PRUNED_AT_ONCE])
            Upload.objects.filter(pk__in=[one.pk for one in found]).delete()
        for one in found:
            default_storage.delete(str(one.file.name))
        yield len(found)
        if len(found) < PRUNED_AT_ONCE:
            return
