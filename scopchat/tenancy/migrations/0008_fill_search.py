"""Fills the column for what is there, some rows at a time."""

from django.db import migrations

from scopchat.common.searching import backfill


def fill(apps, _schema_editor):
    backfill(apps.get_model("tenancy", "Company"), "name")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tenancy", "0007_search")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
