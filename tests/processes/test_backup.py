"""The drill: a desk is backed up at work, goes on, is lost, and is restored. Nobody gets a text twice."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from scopchat.channels.providers.twilio.fake import callbacks
from scopchat.ops.postgres.cluster import BINARIES
from scopchat.ops.tests.databases import scopchat
from tests.processes import carrier as carriers
from tests.processes.carrier import Carrier
from tests.processes.desk import Desk, Process, installation, wait_until

pytestmark = pytest.mark.processes

FIRST, SECOND = [str(n) for n in range(20)], [str(n) for n in range(20, 40)]
KEYS = {"SCOPCHAT_SECRET_KEY": "", "SCOPCHAT_FIELD_KEYS": ""}


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with carriers.serving() as carrier:
        yield carrier


@pytest.fixture
def desk(carrier: Carrier) -> Iterator[Desk]:
    with installation(carrier.url) as desk:
        carrier.ports = desk.ports
        yield desk


def another_database(desk: Desk, name: str) -> str:
    with psycopg.connect(desk.postgres.cluster.url("postgres"), autocommit=True) as maintenance:
        maintenance.execute(f"CREATE DATABASE {name}")
    return desk.postgres.cluster.url(name)


def copied_by_hand(desk: Desk, database: str) -> None:
    """As somebody would who does not know of our command."""
    dump = subprocess.run(
        (BINARIES / "pg_dump", "-Fc", f"--dbname={desk.postgres.cluster.url()}"), check=True, capture_output=True
    )
    subprocess.run((BINARIES / "pg_restore", f"--dbname={database}"), check=True, input=dump.stdout)


@contextmanager
def running(desk: Desk, database: str, data: Path, **keys: str) -> Iterator[Desk]:
    """A worker on another database: it is what would send."""
    environment = {**desk.environment, **keys, "DATABASE_URL": database, "SCOPCHAT_DATA_DIR": str(data)}
    data.mkdir(exist_ok=True)
    copy = Desk(desk.postgres, data, environment, [], workers=[Process(("worker",), environment, data / "worker.log")])
    try:
        copy.workers[0].start()
        yield copy
    finally:
        for log in sorted(data.glob("*.log")):
            print(f"--- {data.name}/{log.name}", *log.read_text().splitlines()[-40:], sep="\n")
        copy.stop()


def write_to(desk: Desk, carrier: Carrier, facts: dict[str, str], number: int) -> None:
    """A customer's text, acknowledged."""
    sid = f"SM{number:032x}"
    callback = callbacks.inbound(
        carrier.fake, f"{facts['callback_url']}/inbound", sender=f"+1819{5550000 + number:07d}",
        recipient=facts["addresses"][0], body=f"Bonjour {number}", sid=sid,
    )  # fmt: skip
    carrier.bring(callback, sid)


def go_on_beside_a_copy(desk: Desk, carrier: Carrier) -> None:
    """The desk sends what it has queued while a copy of it, made by hand, runs as well."""
    database = another_database(desk, "by_hand")
    copied_by_hand(desk, database)
    with running(desk, database, desk.folder / "by_hand") as copy:
        wait_until(lambda: "queued" not in copy.ask("outbound").values(), 30, "the copy doubts what it found")
        copy.ask("queue", keys=["100"])
        for worker in desk.workers:
            worker.start()
        wait_until(lambda: set(desk.ask("outbound").values()) == {"sent"}, 30, "the desk sent the second half")
        assert carrier.taken() == {f"Message {n}": 1 for n in range(40)}


def restored_keys(data: Path) -> dict[str, str]:
    secrets = json.loads((data / "secrets.json").read_text())
    return {"SCOPCHAT_SECRET_KEY": secrets["secret_key"], "SCOPCHAT_FIELD_KEYS": secrets["field_key"]}


def test_after_a_restoration_nothing_is_sent_twice_and_nothing_acknowledged_is_missing(
    desk: Desk, carrier: Carrier
) -> None:
    facts = desk.ask("set_up")
    write_to(desk, carrier, facts, 1)
    desk.ask("queue", keys=FIRST)
    wait_until(lambda: len(carrier.fake.texts) == 20, 30, "the first half was sent")
    wait_until(lambda: set(desk.ask("outbound").values()) == {"sent"}, 30, "its results were written")
    for worker in desk.workers:
        worker.send(signal.SIGTERM)
    for worker in desk.workers:
        worker.stop()
    desk.ask("queue", keys=SECOND)
    write_to(desk, carrier, facts, 2)

    backup, passphrase = desk.folder / "backup.tar", desk.folder / "passphrase"
    passphrase.write_text("sésame ouvre-toi")
    secret = f"--passphrase-file={passphrase}"
    original = desk.postgres.cluster.url()
    assert scopchat(original, desk.folder, "backup", backup, secret).returncode == 0
    go_on_beside_a_copy(desk, carrier)
    desk.stop()

    anew, data = another_database(desk, "anew"), desk.folder / "anew"
    done = scopchat(anew, data, "restore", backup, secret, **KEYS)
    assert done.returncode == 0, done.stderr
    assert "20 texts may have been sent since, and are not sent again" in done.stderr
    with running(desk, anew, data, **restored_keys(data)) as copy:
        wait_until(lambda: len(copy.ask("inbound")) == 2, 30, "what was acknowledged is there")
        # With the credentials from the backup the carrier was asked about all that were held.
        wait_until(lambda: set(copy.ask("outbound").values()) == {"sent"}, 60, "the carrier was asked")
        assert len(copy.ask("outbound")) == 40

        copy.ask("queue", keys=["200"])
        assert scopchat(anew, data, "resume-sending", **KEYS).returncode == 0
        wait_until(lambda: carrier.taken()["Message 200"] == 1, 30, "it sends again")
    assert set(carrier.taken()) == {f"Message {n}" for n in [*range(40), 200]}
    assert set(carrier.taken().values()) == {1}
