"""Automatic texts to one number are counted without reading the table. Built concurrently: texts go on coming in."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("interactions", "0010_opt_outs")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["channel", "customer", "created_at"], condition=Q(purpose=3), name="message_automatic"
            ),
        ),
    ]
