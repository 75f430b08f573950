"""What is on its way stands in a narrow table of its own, so that sending a text writes its message once.

Pages keep some room: a receipt then changes its message in place, without touching an index.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MOVE = """
INSERT INTO interactions_outboxentry (
    message_id, channel_id, interaction_id, priority, not_before, attempts, claim, claimed_at, unknown_at)
SELECT id, channel_id, interaction_id, priority, not_before, attempts,
       CASE WHEN status <> 'queued' THEN claim END, claimed_at, CASE status WHEN 'unknown' THEN claimed_at END
FROM interactions_message WHERE status IN ('queued', 'sending', 'unknown');
UPDATE interactions_message SET status = 'queued' WHERE status = 'sending';
"""
ROOM = """
ALTER TABLE interactions_message SET (fillfactor = 85);
ALTER TABLE interactions_outboxentry SET (fillfactor = 50);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0002_pending_events"),
        ("interactions", "0002_search_and_waiting_indexes"),
        ("queues", "0001_initial"),
        ("tenancy", "0004_second_factor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OutboxEntry",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="outbox_entry",
                        serialize=False,
                        to="interactions.message",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="channels.channel",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                ("priority", models.SmallIntegerField(choices=[(0, "Live"), (10, "Mass")], default=0)),
                ("not_before", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("claim", models.UUIDField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("unknown_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="outboxentry",
            index=models.Index(
                condition=models.Q(("unknown_at__isnull", True)),
                fields=["channel", "priority", "message"],
                name="outbox_next",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxentry",
            index=models.Index(
                condition=models.Q(("unknown_at__isnull", True)), fields=["interaction", "message"], name="outbox_turn"
            ),
        ),
        migrations.AddIndex(
            model_name="outboxentry",
            index=models.Index(
                condition=models.Q(("unknown_at__isnull", False)), fields=["unknown_at"], name="outbox_unknown"
            ),
        ),
        migrations.RemoveIndex(
            model_name="interaction",
            name="interaction_mine",
        ),
        migrations.RemoveIndex(
            model_name="interaction",
            name="interaction_queue",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_outbox",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_in_flight",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_turn",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_unknown",
        ),
        migrations.AlterField(
            model_name="message",
            name="status",
            field=models.CharField(
                choices=[
                    ("received", "received"),
                    ("queued", "queued"),
                    ("unknown", "not known whether it was sent"),
                    ("sent", "handed to the carrier"),
                    ("delivered", "delivered"),
                    ("failed", "failed"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("assignee__isnull", False)),
                fields=["assignee", "-last_activity_at"],
                name="interaction_of_assignee",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("queue__isnull", False)),
                fields=["queue", "-last_activity_at"],
                name="interaction_of_queue",
            ),
        ),
        migrations.RemoveField(
            model_name="message",
            name="claim",
        ),
        migrations.RemoveField(
            model_name="message",
            name="claimed_at",
        ),
        migrations.RemoveField(
            model_name="message",
            name="not_before",
        ),
        migrations.RemoveField(
            model_name="message",
            name="priority",
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
    ]
