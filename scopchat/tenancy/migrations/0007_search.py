"""A column to search by words without accents; empty until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_segment_pools")]

    operations = [
        migrations.AddField(
            model_name="company",
            name="search",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
    ]
