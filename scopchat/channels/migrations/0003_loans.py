"""Providers and single channels lent to companies below, and what these make of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0002_pending_events"),
        ("queues", "0001_initial"),
        ("tenancy", "0004_second_factor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LoanUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("texts_in", models.PositiveBigIntegerField()),
                ("texts_out", models.PositiveBigIntegerField()),
                ("segments", models.PositiveBigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="channel",
            name="stopped_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Loan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lent_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "borrower",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company"
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="loans",
                        to="channels.channel",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.company"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="loans", to="channels.provider"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="channel",
            name="loan",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="channels", to="channels.loan"
            ),
        ),
        migrations.AddIndex(
            model_name="channel",
            index=models.Index(fields=["provider", "address"], name="channel_of_address"),
        ),
        migrations.AddIndex(
            model_name="channel",
            index=models.Index(
                condition=models.Q(("stopped_at__isnull", False)), fields=["id"], name="channel_stopped"
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_active", False), ("stopped_at", None), _connector="OR"),
                name="channel_stopped_is_out",
            ),
        ),
        migrations.AddField(
            model_name="loanuse",
            name="company",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.company",
            ),
        ),
        migrations.AddField(
            model_name="loanuse",
            name="loan",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="channels.loan"
            ),
        ),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("channel", None)), fields=("provider", "borrower"), name="loan_provider_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("channel__isnull", False)), fields=("channel", "borrower"), name="loan_channel_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("channel__isnull", False), ("revoked_at", None)),
                fields=("channel",),
                name="loan_channel_to_one_company",
            ),
        ),
        migrations.AddConstraint(
            model_name="loanuse",
            constraint=models.UniqueConstraint(fields=("loan", "day"), name="loan_use_once"),
        ),
    ]
