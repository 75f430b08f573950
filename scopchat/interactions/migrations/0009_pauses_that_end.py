"""Pauses whose time has come are found without reading the table. Built concurrently: texts go on coming in."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("interactions", "0008_operations")]

    operations = [
        AddIndexConcurrently(
            "interaction",
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="interaction_to_wake"),
        ),
    ]
