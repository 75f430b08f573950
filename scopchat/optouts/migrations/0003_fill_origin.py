"""Tells those that only the carrier spoke of from those that texted, by the log, some rows at a time."""

from __future__ import annotations

from django.db import migrations
from django.db.models import Exists, F, OuterRef

BATCH = 1_000


def fill(apps, _schema_editor):
    opt_outs = apps.get_model("optouts", "OptOut")._base_manager.all()
    changes = apps.get_model("optouts", "OptOutChange")._base_manager
    texted = changes.filter(
        channel_id=OuterRef("channel_id"), number=OuterRef("number"), change="left", at__gte=OuterRef("since")
    )
    blocked = opt_outs.filter(~Exists(texted), blocked_at=F("since")).order_by("pk")
    after = 0
    while found := list(blocked.filter(pk__gt=after).values_list("pk", flat=True)[:BATCH]):
        opt_outs.filter(pk__in=found).update(origin="blocked")
        after = found[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("optouts", "0002_by_hand")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
