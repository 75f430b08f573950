"""A row of its own for each person of a queue; the few there are come from the two tables before."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

COPY = """
INSERT INTO queues_queuemember (company_id, queue_id, user_id, is_agent, is_administrator)
SELECT q.company_id, q.id, member.user_id, bool_or(member.agent), bool_or(NOT member.agent)
FROM (
    SELECT queue_id, user_id, true AS agent FROM queues_queue_agents
    UNION ALL
    SELECT queue_id, user_id, false FROM queues_queue_administrators
) member
JOIN queues_queue q ON q.id = member.queue_id
GROUP BY q.id, member.user_id
"""


class Migration(migrations.Migration):
    dependencies = [("queues", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            "QueueMember",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_agent", models.BooleanField(default=True)),
                ("is_administrator", models.BooleanField(default=False)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company"
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="queues.queue",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "queuemember", models.UniqueConstraint(fields=("queue", "user"), name="queue_member_once")
        ),
        migrations.AddConstraint(
            "queuemember",
            models.CheckConstraint(
                condition=Q(is_agent=True) | Q(is_administrator=True), name="queue_member_of_a_kind"
            ),
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RemoveField("queue", "agents"),
        migrations.RemoveField("queue", "administrators"),
        migrations.AddField(
            "queue",
            "people",
            models.ManyToManyField(related_name="queues", through="queues.QueueMember", to=settings.AUTH_USER_MODEL),
        ),
    ]
