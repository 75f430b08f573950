"""Conversations that were brought to the managers. A column without default: the table is not written anew."""

from __future__ import annotations

from django.db import migrations, models

HAPPENINGS = [
    ("acknowledged", "acknowledged reading"),
    ("taken", "took the conversation"),
    ("accepted", "accepted the conversation"),
    ("assigned", "assigned the conversation to"),
    ("transferred", "transferred the conversation to"),
    ("queued", "transferred the conversation to the queue"),
    ("offered", "The conversation was given to"),
    ("not_taken", "The conversation went back to the queue, not taken in time by"),
    ("left_behind", "The conversation went back to its members, in the absence of"),
    ("escalated", "The conversation was brought to the managers: nobody had taken it"),
    ("escalated_from", "The conversation was brought to the managers, in the absence of"),
    ("ended", "The conversation was closed: nobody had taken it"),
    ("ended_from", "The conversation was closed, in the absence of"),
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
    dependencies = [("interactions", "0016_views")]

    operations = [
        migrations.AlterField("interactionevent", "happening", models.CharField(max_length=20, choices=HAPPENINGS)),
        migrations.AddField("interaction", "escalated_at", models.DateTimeField(null=True)),
    ]
