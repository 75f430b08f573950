"""Texts of mass sends are found by their customer. Built concurrently: texts go on coming in."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("interactions", "0019_mass_texts")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(fields=["channel", "customer", "created_at"], condition=Q(purpose=1), name="message_mass"),
        ),
    ]
