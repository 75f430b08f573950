"""Since when people are there or gone. A column without a default: the table is not written anew."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_language_without_choices")]

    operations = [migrations.AddField("user", "presence_turned_at", models.DateTimeField(null=True))]
