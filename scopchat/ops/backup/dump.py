"""The database as PostgreSQL's own programs write and read it, through pipes."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

from scopchat.ops.backup.programs import Programs, address, environment
from scopchat.ops.installation import CannotStart

TRANSIENT = (
    "accounts_sighting", "django_session", "gateway_shardlease", "procrastinate_events", "procrastinate_jobs",
    "procrastinate_periodic_defers", "procrastinate_workers", "shared_cache", "usersessions_usersession",
)  # fmt: skip
"""Tables that come back empty. They say what was being done at that moment, by whom: sessions, jobs (an e-mail would go
out again), leases, who was there. The sweep finds the work for which there is no job."""
ANEW = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
_SOME = 256 * 1024


def write(programs: Programs, take: Callable[[IO[bytes]], None]) -> None:
    """Hands over the dump as it is made: one moment of the database, whatever happens to it meanwhile.

    Raises `CannotStart`.
    """
    left_out = [f"--exclude-table-data=public.{table}" for table in TRANSIENT]
    options = ("--format=custom", "--no-owner", "--no-acl", *left_out, f"--dbname={address()}")
    with _started(programs.command("pg_dump", *options), stdout=subprocess.PIPE) as dumping:
        assert dumping.stdout is not None
        take(dumping.stdout)


def read(programs: Programs, dump: Iterator[bytes], *, emptied: bool) -> None:
    """Makes the database what the dump says, all or nothing; `emptied` of the tables it has. Raises `CannotStart`."""
    unpack = programs.command("pg_restore", "--no-owner", "--no-acl", "--file=-")
    apply = programs.command("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={address()}")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with _started(apply, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as applying:
        assert applying.stdin is not None
        with suppress(BrokenPipeError), applying.stdin as statements:
            statements.write(b"BEGIN;\n" + (ANEW if emptied else b""))
            with _started(unpack, **pipes) as unpacking:
                assert unpacking.stdin is not None
                assert unpacking.stdout is not None
                feeding = threading.Thread(target=_feed, args=(dump, unpacking.stdin))
                feeding.start()
                _pass_on(unpacking.stdout, statements)
                feeding.join()
            # Only here is it known that nothing is missing.
            statements.write(b"COMMIT;\n")


def _feed(dump: Iterator[bytes], unpacking: IO[bytes]) -> None:
    with suppress(BrokenPipeError), unpacking:
        for some in dump:
            unpacking.write(some)


def _pass_on(unpacked: IO[bytes], statements: IO[bytes]) -> None:
    """Everything, but one setting that servers before 17 do not know and that restores nothing."""
    for line in unpacked:
        if not line.startswith(b"SET transaction_timeout"):
            statements.write(line)
        if line.startswith(b"SELECT pg_catalog.set_config"):
            break
    shutil.copyfileobj(unpacked, statements, _SOME)


@contextmanager
def _started(command: tuple[str, ...], **pipes: int) -> Iterator[subprocess.Popen[bytes]]:
    """The program until it ends. Raises `CannotStart` with its last words when it fails."""
    with tempfile.TemporaryFile() as said:
        program = subprocess.Popen(command, env=environment(), stderr=said, **pipes)  # type: ignore[call-overload]  # noqa: S603
        try:
            yield program
        except BaseException:
            program.kill()
            raise
        finally:
            for pipe in (program.stdin, program.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()
            program.wait()
        if program.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace").strip().splitlines()[-3:]
            name = command[0].rpartition("/")[2]
            raise CannotStart(f"{name} failed: {' '.join(words) or f'exit code {program.returncode}'}")
