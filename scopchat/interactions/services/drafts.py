"""What people are writing, kept while they write."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.interactions.models import Draft, Interaction, Message

MAX_CHARACTERS = 5_000
"""More than can be sent or noted is not kept."""


def draft_of(interaction: Interaction, *, person: User) -> Draft:
    """What the person was writing there; an empty draft with a new key where that was nothing, or has been sent."""
    found: Draft | None = Draft.objects.filter(interaction=interaction, person=person).first()
    if found is None or _is_used(interaction, found.key):
        return Draft(interaction=interaction, person=person, text="", key=uuid4())
    return found


@transaction.atomic
def keep(*, interaction: Interaction, acting: User, text: str, is_note: bool, key: UUID, now: datetime) -> UUID:
    """Keeps what the person has written so far; nothing written forgets it. Returns the key to send it under.

    One draft has one key, whichever window it is written in; a key under which something was sent is given to none.
    """
    written = Draft.objects.filter(interaction=interaction, person=acting)
    kept: Draft | None = written.select_for_update().first()
    if kept is not None and _is_used(interaction, kept.key):
        kept.delete()
        kept = None
    if not text.strip():
        written.delete()
        return uuid4() if _is_used(interaction, key) else key
    values = {"text": text[:MAX_CHARACTERS], "is_note": is_note, "written_at": now}
    if kept is None:
        values["key"] = uuid4() if _is_used(interaction, key) else key
    draft, _created = Draft.objects.update_or_create(
        interaction=interaction,
        person=acting,
        defaults=values,
        create_defaults={**values, "company_id": interaction.company_id},
    )
    return UUID(str(draft.key))


def forget(*, interaction: Interaction, person: User) -> None:
    """The person's draft has become a text or a note, in the running transaction."""
    Draft.objects.filter(interaction=interaction, person=person).delete()


def _is_used(interaction: Interaction, key: UUID) -> bool:
    """Whether a text was sent under the key. Index `message_draft_once`."""
    return bool(Message.objects.filter(company_id=interaction.company_id, idempotency_key=key).exists())
