"""Texts that belong to no conversation. No step reads the table through, however long it is."""

from __future__ import annotations

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("interactions", "0005_patience")]

    operations = [
        migrations.AddField("message", "customer", models.CharField(blank=True, db_default="", max_length=40)),
        migrations.AddField(
            "message",
            "purpose",
            models.SmallIntegerField(choices=[(0, "Conversation"), (1, "Mass"), (2, "Notice")], db_default=0),
        ),
        migrations.AlterField(
            "message",
            "interaction",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="interactions.interaction",
            ),
        ),
        migrations.AlterField(
            "outboxentry",
            "interaction",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="interactions.interaction",
            ),
        ),
        AddConstraintNotValid(
            "message",
            models.CheckConstraint(
                condition=Q(interaction__isnull=False) | ~Q(customer=""), name="message_has_its_customer"
            ),
        ),
    ]
