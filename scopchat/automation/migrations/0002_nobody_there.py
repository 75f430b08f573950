"""Opening hours, and what happens when nobody is there."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

OCCASIONS = [
    ("left", "Left"),
    ("returned", "Returned"),
    ("asked_for_help", "Asked For Help"),
    ("closed", "Closed"),
    ("nobody", "Nobody"),
]
ABSENCES = [
    ("managers", "It is brought to the managers"),
    ("members", "It goes back to its members"),
    ("close", "It is closed"),
]
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def company() -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company")


def of_one(to: str, **more: bool) -> models.OneToOneField:
    return models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=to, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0001_initial"),
        ("channels", "0007_no_tokens_in_the_journal"),
        ("interactions", "0017_escalation"),
        ("queues", "0004_distribution"),
    ]

    operations = [
        migrations.AlterField("autoreply", "occasion", models.CharField(choices=OCCASIONS, max_length=20)),
        migrations.AddField("autoreply", "window", models.CharField(max_length=40, db_default="")),
        migrations.CreateModel(
            name="OpeningHours",
            fields=[
                ("id", ID),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("week", models.JSONField()),
                ("region", models.CharField(blank=True, max_length=10)),
                ("days_off", models.JSONField(default=list)),
                ("company", company()),
            ],
            options={
                "verbose_name": "opening hours",
                "constraints": [models.UniqueConstraint(fields=("company", "name"), name="opening_hours_name_once")],
            },
        ),
        migrations.CreateModel(
            name="Fallback",
            fields=[
                ("id", ID),
                ("closed_reply", models.TextField(blank=True)),
                ("nobody_reply", models.TextField(blank=True)),
                ("escalate_after", models.PositiveSmallIntegerField(null=True)),
                ("close_after", models.PositiveSmallIntegerField(null=True)),
                ("absent_after", models.PositiveSmallIntegerField(null=True)),
                ("absence", models.CharField(choices=ABSENCES, default="managers", max_length=10)),
                ("closing_text", models.TextField(blank=True)),
                ("channel", of_one("channels.channel", null=True)),
                ("company", company()),
                (
                    "hours",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fallbacks",
                        to="automation.openinghours",
                    ),
                ),
                ("queue", of_one("queues.queue", null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(channel=None, queue__isnull=False) | Q(channel__isnull=False, queue=None),
                        name="fallback_of_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReplyTexts",
            fields=[
                ("channel", of_one("channels.channel", primary_key=True, serialize=False)),
                ("left", models.TextField(blank=True)),
                ("returned", models.TextField(blank=True)),
                ("asked_for_help", models.TextField(blank=True)),
                ("company", company()),
            ],
            options={"abstract": False},
        ),
    ]
