"""Forgets the addresses that each request for a password reset left behind as unverified; nothing reads that table."""

from django.db import migrations

FORGET = """
DELETE FROM account_emailconfirmation;
DELETE FROM account_emailaddress;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_own_account"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
