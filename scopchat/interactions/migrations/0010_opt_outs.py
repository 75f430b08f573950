"""Threads tell who left and who came back; texts may be the product's own replies. Nothing changes in the database."""

from __future__ import annotations

from django.db import migrations, models

HAPPENINGS = [
    ("acknowledged", "acknowledged reading"),
    ("taken", "took the conversation"),
    ("accepted", "accepted the conversation"),
    ("assigned", "assigned the conversation to"),
    ("transferred", "transferred the conversation to"),
    ("queued", "transferred the conversation to the queue"),
    ("recovered", "took the conversation back from"),
    ("released", "released the conversation"),
    ("paused", "paused the conversation"),
    ("resumed", "resumed the conversation"),
    ("woken", "The pause is over"),
    ("closed", "closed the conversation"),
    ("reopened", "reopened the conversation"),
    ("undone", "undid this"),
    ("noted", "wrote a note"),
    ("opted_out", "The customer left the mass sends"),
    ("opted_in", "The customer takes part in mass sends again"),
]


class Migration(migrations.Migration):
    dependencies = [("interactions", "0009_pauses_that_end")]

    operations = [
        migrations.AlterField("interactionevent", "happening", models.CharField(max_length=20, choices=HAPPENINGS)),
        migrations.AlterField(
            "message",
            "purpose",
            models.SmallIntegerField(
                choices=[(0, "Conversation"), (1, "Mass"), (2, "Notice"), (3, "Automatic")], db_default=0
            ),
        ),
    ]
