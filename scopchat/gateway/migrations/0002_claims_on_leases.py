"""Whether a run left claims behind is told by its shard's lease; of those that are there it is not known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="shardlease",
            name="claimed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            "UPDATE gateway_shardlease SET claimed_at = now() WHERE work = 'send'", migrations.RunSQL.noop
        ),
    ]
