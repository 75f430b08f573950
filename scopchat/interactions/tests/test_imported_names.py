"""What becomes of open conversations when a file names their customers."""

from __future__ import annotations

from django_scopes import scope

from scopchat.contacts.importing.kept import kept
from scopchat.contacts.importing.reading import Entry
from scopchat.contacts.importing.writing import write
from scopchat.events.catalogue import InteractionsChanged
from scopchat.interactions.models import Interaction
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import NOW, conversation
from tests.cast import Cast
from tests.heard import Heard


def test_they_are_drawn_again_under_their_names(cast: Cast, heard: Heard) -> None:
    made = conversation(cast.channel_queue)
    over = conversation(cast.channel_queue, "+15145550143")
    with scope(company=cast.client):
        Interaction.objects.filter(pk=over.pk).update(status=InteractionStatus.CLOSED)
    heard.clear()
    entries = [Entry(n, f"+1514555014{n}", "Julie", "", "", note) for n, note in ((2, ""), (3, "Le matin"), (4, ""))]
    for _twice in range(2):
        with scope(company=cast.client):
            write(kept(entries).splitlines(keepends=True), company_id=cast.client.pk, list_id=None, now=NOW)
    (event,) = heard.of(InteractionsChanged)
    assert [change.interaction_id for change in event.changes] == [made.pk]
