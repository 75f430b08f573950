"""Lists of contacts."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def company() -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company")


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ContactList",
            fields=[
                ("id", ID),
                ("search", models.TextField(db_collation="C", db_default="", editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=300, verbose_name="description")),
                ("created_at", models.DateTimeField()),
                ("company", company()),
            ],
            options={
                "verbose_name": "list",
                "constraints": [models.UniqueConstraint("company", Lower("name"), name="contact_list_name_once")],
                "indexes": [models.Index(fields=["company", "search", "id"], name="contact_list_by_search")],
            },
        ),
        migrations.CreateModel(
            name="ListMember",
            fields=[
                ("id", ID),
                ("added_at", models.DateTimeField()),
                ("company", company()),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contacts.contact"
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="contacts.contactlist",
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("list", "contact"), name="list_member_once")]},
        ),
        migrations.AddField(
            "contactlist",
            "contacts",
            models.ManyToManyField(related_name="lists", through="contacts.ListMember", to="contacts.contact"),
        ),
    ]
