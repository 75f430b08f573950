"""Automatic replies that are to be queued."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("interactions", "0011_automatic_texts"),
        ("tenancy", "0008_fill_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="AutoReply",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="interactions.message",
                    ),
                ),
                (
                    "occasion",
                    models.CharField(
                        choices=[("left", "Left"), ("returned", "Returned"), ("asked_for_help", "Asked For Help")],
                        max_length=20,
                    ),
                ),
                ("language", models.CharField(max_length=7)),
                ("asked_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company"
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
