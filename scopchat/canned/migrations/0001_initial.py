"""Answers that are written once and sent often."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenancy", "0008_fill_search")]

    operations = [
        migrations.CreateModel(
            name="CannedReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("search", models.TextField(db_collation="C", db_default="", editable=False)),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("text", models.TextField(verbose_name="text")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company"
                    ),
                ),
            ],
            options={
                "verbose_name": "canned reply",
                "indexes": [models.Index(fields=["company", "search", "id"], name="canned_by_search")],
                "constraints": [models.UniqueConstraint(fields=("company", "name"), name="canned_name_once")],
            },
        ),
    ]
