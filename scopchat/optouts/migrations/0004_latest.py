"""The latest opt-outs of a company are found without reading the table. Built concurrently: texts go on coming in."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("optouts", "0003_fill_origin")]

    operations = [
        AddIndexConcurrently("optout", models.Index(fields=["company", "-since", "-id"], name="optout_latest")),
    ]
