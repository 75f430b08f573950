"""Texts that the carrier failed are not on the phone; adding a column with a default rewrites no row."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("simulator", "0002_jobs_name_texts")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="simulatedtext",
            name="arrives",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
