from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_fill_search")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(default="fr", max_length=5, verbose_name="language"),
        ),
    ]
