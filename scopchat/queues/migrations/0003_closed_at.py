"""Queues can be closed. A column without a default: the table is not written anew."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queues", "0002_members")]

    operations = [migrations.AddField("queue", "closed_at", models.DateTimeField(null=True))]
