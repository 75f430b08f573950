"""Texts say which mass send they are one of, and one more reason for not being sent.

The new column is empty, so no table is rewritten.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interactions", "0018_escalated")]

    operations = [
        migrations.AddField("message", "mass_send_id", models.BigIntegerField(null=True)),
        migrations.AlterField(
            model_name="message",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("opted_out", "carrier blocked: the customer texted STOP"),
                    ("bad_number", "this number cannot receive texts"),
                    ("unreachable", "the phone could not be reached"),
                    ("filtered", "the carrier filtered this text"),
                    ("sender", "the carrier does not accept this channel's number as sender"),
                    ("account", "the carrier refused the provider's account"),
                    ("content", "the carrier refused the content"),
                    ("throttled", "the carrier is too busy"),
                    ("expired", "it could not be delivered in time"),
                    ("connection", "the carrier could not be reached"),
                    ("stopped", "the channel was taken out of use before this text left"),
                    ("cancelled", "the mass send was cancelled before this text left"),
                    ("left", "the customer left the mass sends before this text left"),
                    ("other", "the carrier reported an error"),
                ],
                max_length=20,
            ),
        ),
    ]
