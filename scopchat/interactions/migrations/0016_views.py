"""What each person and each queue has under way, counted and listed without what is closed.

Built concurrently: texts go on coming in meanwhile.
"""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("interactions", "0015_offered_by_queues")]

    operations = [
        AddIndexConcurrently(
            "interaction",
            models.Index(
                fields=["company", "assignee", "-last_activity_at", "-id"],
                condition=~Q(status="closed"),
                name="interaction_open_of",
            ),
        ),
        AddIndexConcurrently(
            "interaction",
            models.Index(
                fields=["queue", "-last_activity_at", "-id"],
                condition=Q(queue__isnull=False) & ~Q(status="closed"),
                name="interaction_open_in",
            ),
        ),
    ]
