"""What a live stream asks for each of its people at every heartbeat, in one statement."""

from __future__ import annotations

from django.db import connection

MEMBERSHIPS = """
SELECT ARRAY(SELECT channel_id FROM channels_channel_users WHERE user_id = %(person)s),
       ARRAY(SELECT queue_id FROM queues_queue_agents WHERE user_id = %(person)s)
"""


def memberships(person_id: int) -> tuple[list[int], list[int]]:
    """Ids of the person's channels and queues, all of their own company."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERSHIPS, {"person": person_id})
        ((channels, queues),) = cursor.fetchall()
    return channels, queues
