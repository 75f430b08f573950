"""Writing to a customer first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.channels.models import Channel
from scopchat.common.phones import to_e164
from scopchat.common.refusals import NotAllowed
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.services import outbox
from scopchat.interactions.services.changes import announce
from scopchat.interactions.services.steps import record
from scopchat.interactions.services.uploads import chosen
from scopchat.interactions.status import Happening, InteractionStatus


def channels_to_start_from(user: User) -> list[Channel]:
    """The scoped company's channels from which the person may start a conversation."""
    reach = user.reach(Permission.START_CONVERSATION)
    channels = Channel.objects.filter(is_active=True).select_related("provider").order_by("name", "pk")
    if reach >= Reach.COMPANY:
        return list(channels)
    return list(channels.filter(users=user)) if reach == Reach.MEMBER else []


def start(
    *,
    channel: Channel,
    acting: User,
    phone: str,
    text: str,
    idempotency_key: UUID,
    now: datetime,
    photos: Sequence[int] = (),
) -> Message:
    """Queues a first text to `phone`, in the interaction under way with that number if there is one.

    A new interaction is the writer's. `photos` are ids of uploads of theirs. The same `idempotency_key` again gives the
    message it made the first time.
    Raises `NotAllowed`, `ChannelStopped`, `BadNumber`, `EmptyText`, `TextTooLong`, `PhotosRefused`.
    """
    text = outbox.sendable(text, has_photos=bool(photos))
    if channel not in channels_to_start_from(acting):
        raise NotAllowed
    customer = to_e164(phone, country=channel.company.country)
    for _attempt in range(2):
        before = outbox.already_sent(company_id=channel.company_id, idempotency_key=idempotency_key)
        if before is not None:
            return before
        try:
            return _start(channel, acting, customer, text, idempotency_key, now, photos)
        except IntegrityError:
            # The customer's own text, or the same draft, came in at the same moment: look again.
            continue
    return _start(channel, acting, customer, text, idempotency_key, now, photos)


@transaction.atomic
def _start(
    channel: Channel, acting: User, customer: str, text: str, key: UUID, now: datetime, photos: Sequence[int]
) -> Message:
    uploads = chosen(photos, person=acting, channel=channel)
    latest = {
        "status": InteractionStatus.OPEN,
        "preview": outbox.preview_of(text),
        "preview_is_ours": True,
        "last_activity_at": now,
        "changed_at": now,
    }
    under_way = Interaction.objects.select_for_update().not_closed().filter(channel=channel, customer=customer)
    interaction = under_way.first()
    if interaction is None:
        interaction = Interaction.objects.create(
            company_id=channel.company_id,
            channel=channel,
            customer=customer,
            queue_id=channel.queue_id,
            assignee=acting,
            opened_at=now,
            **latest,
        )
    else:
        over = {"waiting_since": None, "wake_at": None, "unread": 0}
        if interaction.assignee_id is None:
            latest["assignee"], latest["released_by"] = acting, None
            record(interaction, Happening.TAKEN, acting=acting, now=now)
        for name, value in {**latest, **over}.items():
            setattr(interaction, name, value)
        interaction.save(update_fields=[*latest, *over])
    message = outbox.queue_text(
        interaction=interaction, author=acting, text=text, idempotency_key=key, now=now, photos=uploads
    )
    announce(interaction)
    return message
