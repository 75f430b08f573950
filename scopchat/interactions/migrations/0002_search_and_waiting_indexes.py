"""Numbers searched by their beginning or end, and those who wait longest, without reading a company through.

Built concurrently: texts go on coming in meanwhile.
"""

from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Reverse


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("interactions", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            "interaction",
            models.Index(
                "company",
                OpClass("customer", "varchar_pattern_ops"),
                F("last_activity_at").desc(),
                name="interaction_number_begins",
            ),
        ),
        # The one above serves whole numbers too.
        RemoveIndexConcurrently("interaction", "interaction_by_customer"),
        AddIndexConcurrently(
            "interaction",
            models.Index("company", OpClass(Reverse("customer"), "text_pattern_ops"), name="interaction_number_ends"),
        ),
        AddIndexConcurrently(
            "interaction",
            models.Index(
                fields=["company", "waiting_since", "-last_activity_at", "-id"],
                condition=~Q(status="closed"),
                name="interaction_waiting_first",
            ),
        ),
        # interaction_event_thread serves the foreign key.
        migrations.AlterField(
            "interactionevent",
            "interaction",
            models.ForeignKey("interactions.interaction", models.CASCADE, related_name="events", db_index=False),
        ),
    ]
