"""Records the database of the version that is checked out, for `test_upgrades.py`.

The demo, a text that waits to be sent, and one of which nobody knows whether it left. Run it on the commit whose
database later versions must be able to take over, and name the dump after it:

    .venv/bin/python -m tests.upgrades.record > tests/upgrades/$(git rev-parse --short HEAD).sql.gz
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from scopchat.ops.postgres.cluster import BINARIES, Cluster
from scopchat.ops.postgres.external import Server, free_port

ENVIRONMENT = {
    "SCOPCHAT_SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "SCOPCHAT_FIELD_KEYS": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "SCOPCHAT_PUBLIC_URL": "http://127.0.0.1:8000",
    "DJANGO_SETTINGS_MODULE": "scopchat.config.settings",
    "SCOPCHAT_UNDO_SEND_SECONDS": "0",
}
"""The keys of the tests, so that these can read the credentials; texts leave at once."""


def fill() -> None:
    """The demo and its two texts, through the services."""
    import django

    django.setup()
    from django_scopes import scope, scopes_disabled

    from scopchat.channels.drains import Work
    from scopchat.channels.models import Channel
    from scopchat.common.clock import utc_now
    from scopchat.gateway import leases, turns
    from scopchat.interactions.services import start
    from scopchat.ops import database, seed
    from scopchat.tenancy.models import Company

    database.migrate()
    seed.seed()
    company = Company.objects.get(name="Clinique Laurier")
    with scope(company=company):
        channel = Channel.objects.select_related("company").get(name="Accueil")
        values = {"channel": channel, "acting": company.users.get(username="amelie"), "now": utc_now()}
        start.start(phone="+15145550190", text="Nobody knows", idempotency_key=uuid.UUID(int=1), **values)
        claim = uuid.uuid4()
        with scopes_disabled():
            turns.take_turn(leases.take(Work.SEND, channel.shard), claim, turns.Room(10), utc_now())
            turns.abandon_earlier(channel.shard, uuid.uuid4(), utc_now())
        start.start(phone="+15145550191", text="Still to be sent", idempotency_key=uuid.UUID(int=2), **values)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        server = Server(Cluster(Path(name) / "postgres", port=free_port(), durable=False))
        server.start()
        os.environ |= {**ENVIRONMENT, "DATABASE_URL": server.cluster.url(), "SCOPCHAT_DATA_DIR": name}
        try:
            fill()
            command = (str(BINARIES / "pg_dump"), "--no-owner", "--no-acl", "--dbname", server.cluster.url())
            dump = subprocess.run(command, check=True, capture_output=True).stdout
        finally:
            server.stop()
    sys.stdout.buffer.write(gzip.compress(dump, mtime=0))


if __name__ == "__main__":
    main()
