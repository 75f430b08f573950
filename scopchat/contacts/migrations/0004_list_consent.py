"""On what consent a list rests, and lists that were deleted and can be brought back. Constant defaults: no table is written anew."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Lower

BASES = [
    ("", "None known"),
    ("written", "Express, in writing"),
    ("oral", "Express, by word of mouth"),
    ("business", "Implied: existing business relationship"),
    ("inquiry", "Implied: inquiry within the last six months"),
    ("published", "Implied: number published without refusal of messages"),
]


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_lists")]

    operations = [
        migrations.AddField(
            "contactlist",
            "consent_basis",
            models.CharField(blank=True, choices=BASES, db_default="", max_length=10),
        ),
        migrations.AddField(
            "contactlist", "consent_source", models.CharField(blank=True, db_default="", max_length=300)
        ),
        migrations.AddField("contactlist", "consent_since", models.DateField(null=True)),
        migrations.AddField("contactlist", "deleted_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("contactlist", "contact_list_name_once"),
        migrations.AddConstraint(
            "contactlist",
            models.UniqueConstraint(
                "company", Lower("name"), condition=Q(deleted_at=None), name="contact_list_name_once"
            ),
        ),
    ]
