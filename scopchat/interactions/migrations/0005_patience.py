"""Since when a text waits for its carrier, and when a photo is next asked for; empty columns, added in an instant."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0004_failure_reason_stopped"),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="not_before",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="outboxentry",
            name="refused_since",
            field=models.DateTimeField(null=True),
        ),
    ]
