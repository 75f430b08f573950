"""Queues that give out what waits in them by themselves. Constant defaults: no table is written anew."""

from __future__ import annotations

from django.db import migrations, models

MODES = [
    ("manual", "Manual"),
    ("least_busy", "Least busy"),
    ("round_robin", "Round robin"),
    ("longest_idle", "Longest idle"),
]
PRIORITIES = [(30, "High"), (20, "Normal"), (10, "Low")]


class Migration(migrations.Migration):
    dependencies = [("queues", "0003_closed_at")]

    operations = [
        migrations.AddField(
            "queue",
            "distribution",
            models.CharField(choices=MODES, db_default="manual", default="manual", max_length=20),
        ),
        migrations.AddField(
            "queue", "priority", models.SmallIntegerField(choices=PRIORITIES, db_default=20, default=20)
        ),
        migrations.AddField("queue", "max_open", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField(
            "queue", "take_back_after", models.PositiveSmallIntegerField(db_default=5, default=5, null=True)
        ),
        migrations.AddField("queue", "grace", models.PositiveSmallIntegerField(db_default=2, default=2)),
        migrations.AddField("queuemember", "given_at", models.DateTimeField(null=True)),
    ]
