"""Removes the tokens that stood there to be read."""

from django.db import migrations

import scopchat.channels.hook_tokens
import scopchat.common.crypto


class Migration(migrations.Migration):
    dependencies = [("channels", "0005_seal_hook_tokens")]

    operations = [
        migrations.RemoveField("provider", "hook_token"),
        migrations.RenameField("provider", "sealed_token", "hook_token"),
        migrations.AlterField(
            "provider",
            "hook_token",
            scopchat.common.crypto.EncryptedJSONField(default=scopchat.channels.hook_tokens.new_hook_token),
        ),
        migrations.AlterField(
            "provider",
            "hook_digest",
            scopchat.channels.hook_tokens.HookDigestField(editable=False, max_length=64, unique=True),
        ),
    ]
