"""Who has left the mass sends of a channel, and the log of it."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("channels", "0007_no_tokens_in_the_journal"),
        ("tenancy", "0008_fill_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="OptOut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, verbose_name="number")),
                ("since", models.DateTimeField()),
                ("blocked_at", models.DateTimeField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="channels.channel",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company"
                    ),
                ),
            ],
            options={
                "verbose_name": "opt-out",
                "constraints": [models.UniqueConstraint(fields=("channel", "number"), name="optout_once")],
            },
        ),
        migrations.CreateModel(
            name="OptOutChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40)),
                (
                    "change",
                    models.CharField(
                        choices=[("left", "left"), ("returned", "came back"), ("blocked", "blocked by the carrier")],
                        max_length=10,
                    ),
                ),
                ("word", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="channels.channel",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["channel", "number", "id"], name="optout_change_of_number")],
            },
        ),
    ]
