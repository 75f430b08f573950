"""The words of texts, beside the texts; filled a batch at a time by workers, oldest texts first."""

from __future__ import annotations

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interactions", "0013_drafts"), ("tenancy", "0008_fill_search")]

    operations = [
        migrations.CreateModel(
            name="SearchProgress",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("through", models.BigIntegerField(default=0)),
                ("candidate", models.BigIntegerField(default=0)),
                ("candidate_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(id=1), name="search_progress_once")],
            },
        ),
        migrations.CreateModel(
            name="MessageWords",
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
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
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
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="message_words"),
                    models.Index(fields=["interaction", "message"], name="message_words_thread"),
                ],
            },
        ),
    ]
