"""Since when a second factor is required: who signed in before that is not stopped in the middle of their work."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tenancy", "0004_second_factor")]

    operations: ClassVar = [
        migrations.AddField(model_name="company", name="second_factor_since", field=models.DateTimeField(null=True)),
    ]
