"""A column to search by words without accents; empty until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_nothing_to_sign_in_with")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="search",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
    ]
