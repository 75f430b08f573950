"""On which database this installation may send. One that is upgraded is where it is, and goes on."""

from django.db import migrations, models

RECORD = """
INSERT INTO gateway_installation (id, place, sending_held_at)
SELECT 1, concat_ws('.', (SELECT system_identifier FROM pg_control_system()),
                    (SELECT oid FROM pg_database WHERE datname = current_database()),
                    left(pg_walfile_name(pg_current_wal_lsn()), 8),
                    'gateway_installation'::regclass::oid), NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0002_claims_on_leases"),
    ]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("place", models.CharField(max_length=100)),
                ("sending_held_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="installation_once")],
            },
        ),
        migrations.RunSQL(RECORD, migrations.RunSQL.noop),
    ]
