"""What waits for the router stands in a narrow table of its own; the journal's rows stay as they were written."""

from __future__ import annotations

from django.db import migrations, models

MOVE = """
INSERT INTO channels_pendingevent (shard, event_id)
SELECT shard, id FROM channels_inboundevent WHERE state = 'pending';
UPDATE channels_inboundevent SET state = 'accepted' WHERE state IN ('pending', 'done');
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="PendingEvent",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shard", "event_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shard", models.PositiveSmallIntegerField()),
                ("event_id", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="inboundevent", name="inbound_event_work"),
        migrations.AlterField(
            model_name="inboundevent",
            name="state",
            field=models.CharField(
                choices=[
                    ("accepted", "Accepted"),
                    ("unmatched", "Unmatched"),
                    ("set_aside", "Set Aside"),
                    ("refused", "Refused"),
                ],
                default="accepted",
                max_length=10,
            ),
        ),
    ]
