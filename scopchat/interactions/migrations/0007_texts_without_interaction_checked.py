"""In a transaction of its own, so that the lock of the steps before is gone while the table is read through."""

from __future__ import annotations

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("interactions", "0006_texts_without_interaction")]

    operations = [ValidateConstraint("message", "message_has_its_customer")]
