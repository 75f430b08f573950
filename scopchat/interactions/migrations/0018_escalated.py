"""What was brought to the managers is found without reading the table. Built concurrently: texts go on coming in."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("interactions", "0017_escalation")]

    operations = [
        AddIndexConcurrently(
            "interaction",
            models.Index(
                fields=["company", "-last_activity_at", "-id"],
                condition=Q(escalated_at__isnull=False),
                name="interaction_escalated",
            ),
        ),
    ]
