"""Mass sends and their recipients."""

from __future__ import annotations

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def beside(to: str, on_delete: object = django.db.models.deletion.PROTECT) -> models.ForeignKey:
    return models.ForeignKey(on_delete=on_delete, db_constraint=False, db_index=False, related_name="+", to=to)


def number(default: int = 0) -> models.IntegerField:
    return models.IntegerField(default=default)


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0001_initial"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MassSend",
            fields=[
                ("id", ID),
                ("search", models.TextField(db_collation="C", db_default="", editable=False)),
                ("title", models.CharField(blank=True, max_length=80, verbose_name="title")),
                ("text", models.TextField(max_length=900, verbose_name="message")),
                ("closing", models.CharField(blank=True, max_length=160, verbose_name="sender and way out")),
                ("no_closing", models.CharField(blank=True, max_length=200)),
                ("audience", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("preparing", "Being prepared"),
                            ("ready", "Ready"),
                            ("sending", "Sending"),
                            ("paused", "Paused"),
                            ("ended", "Sent"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "Somebody paused it."),
                            ("account", "The carrier refuses the account: its credentials or its balance."),
                            ("limit", "The limit of segments is reached."),
                            ("not_allowed", "Mass sends are no longer allowed here."),
                            ("unwritable", "Its texts could not be written."),
                            ("copied", "This is a copy of the installation: the other may have sent on meanwhile."),
                        ],
                        max_length=12,
                    ),
                ),
                ("starts_at", models.DateTimeField(null=True)),
                ("quiet_from", models.TimeField(default=datetime.time(21))),
                ("quiet_until", models.TimeField(default=datetime.time(9))),
                ("pace", models.PositiveIntegerField(null=True)),
                ("paced_until", models.DateTimeField(null=True)),
                ("chosen", number()),
                ("duplicates", number()),
                ("excluded", number()),
                ("invalid", number()),
                ("recipients", number()),
                ("opted_out", number()),
                ("too_long", number()),
                ("taken", number()),
                ("sent", number()),
                ("delivered", number()),
                ("failed", number()),
                ("unknown", number()),
                ("segments", number()),
                ("asleep", number()),
                ("awake_at", models.DateTimeField(null=True)),
                ("first_id", models.BigIntegerField(default=0)),
                ("last_id", models.BigIntegerField(default=-1)),
                ("position", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("author", beside(settings.AUTH_USER_MODEL)),
                ("channel", beside("channels.channel")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company"
                    ),
                ),
            ],
            options={
                "verbose_name": "mass send",
                "indexes": [
                    models.Index(fields=["company", "-id"], name="mass_send_latest"),
                    models.Index(fields=["channel"], condition=Q(state="sending"), name="mass_send_under_way"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                ("id", ID),
                ("number", models.CharField(max_length=16)),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (0, "Waiting"),
                            (1, "Waiting for the morning"),
                            (2, "Taken"),
                            (3, "Opted out"),
                            (4, "Too long"),
                        ],
                        default=0,
                    ),
                ),
                ("not_before", models.DateTimeField(null=True)),
                ("message_id", models.BigIntegerField(null=True)),
                ("company", beside("tenancy.company")),
                ("mass_send", beside("masssends.masssend", django.db.models.deletion.CASCADE)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "number", "mass_send"), name="recipient_once")
                ],
                "indexes": [
                    models.Index(fields=["mass_send", "not_before"], condition=Q(state=1), name="recipient_put_off")
                ],
            },
        ),
    ]
