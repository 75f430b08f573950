"""Fills in the digest and the encrypted token of each provider."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from scopchat.channels.hook_tokens import digest_of


def seal(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    providers = apps.get_model("channels", "Provider")._base_manager
    for pk, token in list(providers.values_list("pk", "hook_token")):
        providers.filter(pk=pk).update(sealed_token=token, hook_digest=digest_of(token))


class Migration(migrations.Migration):
    dependencies = [("channels", "0004_sealed_hook_tokens")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
