"""Takes hook tokens out of the addresses in the journal, some thousand rows at a time, each with its own commit."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROWS = 5000
SCRUB = r"""
UPDATE channels_inboundevent SET url = regexp_replace(url, '(/hooks/[^/?]+/)[^/?]+', '\1-')
WHERE id > %s AND id <= %s AND url <> ''
"""  # primary key


def scrub(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM channels_inboundevent")
        first, last = cursor.fetchone()
        for begin in range(first - 1, last, ROWS) if last else ():
            cursor.execute(SCRUB, [begin, begin + ROWS])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("channels", "0006_no_clear_hook_tokens")]

    operations = [migrations.RunPython(scrub, migrations.RunPython.noop)]
