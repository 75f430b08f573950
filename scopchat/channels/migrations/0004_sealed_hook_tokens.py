"""Places for hook tokens as a digest, to find a provider by, and encrypted, to show its addresses."""

from django.db import migrations, models

import scopchat.common.crypto


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_loans")]

    operations = [
        migrations.AddField("provider", "sealed_token", scopchat.common.crypto.EncryptedJSONField(null=True)),
        migrations.AddField("provider", "hook_digest", models.CharField(max_length=64, null=True)),
    ]
