"""Opt-outs say how they came about, and the log who changed them by hand. Constant defaults: no table is written anew."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ORIGINS = [
    ("texted", "texted by the customer"),
    ("by_hand", "added by hand"),
    ("blocked", "blocked by the carrier"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("optouts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("optout", "origin", models.CharField(choices=ORIGINS, db_default="texted", max_length=10)),
        migrations.AddField(
            "optoutchange",
            "person",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("optoutchange", "note", models.CharField(blank=True, db_default="", max_length=500)),
    ]
