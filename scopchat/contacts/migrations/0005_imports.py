"""Files of contacts that people bring."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0004_list_consent"),
        ("tenancy", "0008_fill_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=120)),
                ("size", models.BigIntegerField()),
                ("country", models.CharField(max_length=2)),
                ("encoding", models.CharField(blank=True, max_length=12)),
                ("separator", models.CharField(blank=True, max_length=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Being read"),
                            ("ready", "Preview"),
                            ("saving", "Being saved"),
                            ("done", "Saved"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "not_csv",
                                "This is not a CSV file. Save it as CSV in your spreadsheet, then choose it again.",
                            ),
                            ("too_many", "The file has more than 2,000,000 lines. Divide it."),
                            ("not_allowed", "What you may do changed meanwhile."),
                            (
                                "broken",
                                "The file could not be read. Choose it again; if it fails again, tell your administrator.",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                ("claim", models.UUIDField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("bytes_read", models.BigIntegerField(default=0)),
                ("lines", models.IntegerField(default=0)),
                ("new", models.IntegerField(default=0)),
                ("known", models.IntegerField(default=0)),
                ("duplicates", models.IntegerField(default=0)),
                ("invalid", models.IntegerField(default=0)),
                ("first_refused", models.JSONField(default=list)),
                ("done", models.IntegerField(default=0)),
                ("added", models.IntegerField(default=0)),
                ("bytes_saved", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("touched_at", models.DateTimeField()),
                ("has_files", models.BooleanField(default=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company"
                    ),
                ),
                (
                    "onto",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="contacts.contactlist",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "indexes": [models.Index(fields=["created_at"], name="contact_import_old")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("reading", "saving"))),
                        fields=("company",),
                        name="contact_import_one_at_a_time",
                    )
                ],
            },
        ),
    ]
