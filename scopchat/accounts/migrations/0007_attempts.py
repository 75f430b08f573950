from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_no_unverified_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("level", models.FloatField()),
                ("next_at", models.DateTimeField()),
                ("last_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Failures",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("verb", models.CharField(max_length=40)),
                ("person_id", models.BigIntegerField(null=True)),
                ("ip", models.GenericIPAddressField(null=True)),
                ("agent", models.CharField(blank=True, max_length=300)),
                ("since", models.DateTimeField(db_index=True)),
                ("untold", models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
