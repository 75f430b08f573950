"""What people do with conversations besides answering; empty columns, added in an instant."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0007_texts_without_interaction_checked"),
        ("queues", "0002_members"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("interaction", "offered_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "interaction",
            "released_by",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("interaction", "wake_at", models.DateTimeField(null=True)),
        migrations.AddField("interactionevent", "note", models.TextField(blank=True, db_default="")),
        migrations.AddField(
            "interactionevent",
            "queue",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.queue",
            ),
        ),
        migrations.AddField("interactionevent", "until", models.DateTimeField(null=True)),
        migrations.AlterField(
            "interactionevent",
            "happening",
            models.CharField(
                max_length=20,
                choices=[
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
                ],
            ),
        ),
    ]
