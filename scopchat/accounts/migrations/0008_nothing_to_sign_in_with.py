"""Sessions are kept by a digest of the browser's key and encrypted, e-mails that wait encrypted; sent ones go.

Who is signed in stays so.
"""

import json
from hashlib import sha256

from django.apps.registry import Apps
from django.core import signing
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from scopchat.common.crypto import encrypt_text

SALT = "django.contrib.sessions.SessionStore"
MAIL = "scopchat.common.mail.send_mail"


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:40]


def seal_sessions(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    sessions = apps.get_model("sessions", "Session").objects
    sessions.filter(expire_date__lt=timezone.now()).delete()
    for key, data in list(sessions.values_list("session_key", "session_data")):
        try:
            content = signing.loads(data, salt=SALT, serializer=signing.JSONSerializer)
        except signing.BadSignature:
            sessions.filter(session_key=key).delete()
            continue
        sealed = encrypt_text(json.dumps(content, separators=(",", ":")))
        sessions.filter(session_key=key).update(session_key=_digest(key), session_data=sealed)
    browsers = apps.get_model("usersessions", "UserSession")._base_manager
    for pk, key in list(browsers.values_list("pk", "session_key")):
        browsers.filter(pk=pk).update(session_key=_digest(key))


def seal_mails(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s AND status <> 'todo'", [MAIL])
        cursor.execute("SELECT id, args FROM procrastinate_jobs WHERE task_name = %s", [MAIL])
        for pk, args in cursor.fetchall():
            content = json.loads(args) if isinstance(args, str) else args
            sealed = json.dumps({"sealed": encrypt_text(json.dumps(content))})
            cursor.execute("UPDATE procrastinate_jobs SET args = %s WHERE id = %s", [sealed, pk])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_attempts"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunPython(seal_sessions, migrations.RunPython.noop),
        migrations.RunPython(seal_mails, migrations.RunPython.noop),
    ]
