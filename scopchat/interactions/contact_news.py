"""What becomes of open pages when a contact is called otherwise, or described otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scopchat.common.queries import batch
from scopchat.common.signals import listens
from scopchat.contacts.signals import contacts_changed
from scopchat.events.catalogue import Part
from scopchat.interactions import queries
from scopchat.interactions.models import Interaction
from scopchat.interactions.services.changes import announce_rows


@listens(contacts_changed)
def show_contacts(*, company_id: int, numbers: Sequence[str], in_rows: bool, now: datetime) -> None:
    """Conversations under way with these numbers, which may be as many as a file has, are drawn again."""
    ids = [pk for (pk,) in batch(queries.UNDER_WAY_WITH, [company_id, list(numbers)])]
    found = Interaction.objects.not_closed().filter(pk__in=ids)
    rows = found.values_list("pk", "company_id", "channel_id", "queue_id", "assignee_id")
    if not in_rows:
        announce_rows(rows, part=Part.THREAD)
        return
    # Locked in one order, as several people may name customers at once.
    locked = list(rows.order_by("pk").select_for_update(no_key=True))
    Interaction.objects.filter(pk__in=[row[0] for row in locked]).update(changed_at=now)
    announce_rows(locked)
