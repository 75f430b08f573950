"""A counter for each limit on segments; they are made as texts draw from them."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0005_second_factor_since")]

    operations = [
        migrations.AddField("company", "pool_version", models.PositiveIntegerField(db_default=0)),
        migrations.CreateModel(
            "SegmentPool",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("resource", models.CharField(max_length=20)),
                ("begins", models.DateField(db_index=True)),
                ("version", models.PositiveIntegerField()),
                ("used", models.PositiveBigIntegerField()),
                ("capacity", models.PositiveBigIntegerField()),
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
            ],
        ),
        migrations.AddConstraint(
            "segmentpool",
            models.UniqueConstraint(fields=("company", "resource", "begins", "version"), name="segment_pool_once"),
        ),
    ]
