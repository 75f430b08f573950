"""The `scopchat` command."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from scopchat.ops import environment, installation
from scopchat.ops.installation import CannotStart
from scopchat.ops.parent import end_with_parent

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand; returns its exit code, 2 for anything outside the program that is in the way."""
    parsed = _parser().parse_args(arguments)
    command: Command = parsed.run
    try:
        return command(parsed)
    except CannotStart as error:
        print(f"scopchat: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scopchat", description="SCOPCHAT, a business texting desk.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    up = add("up", _up, "Run everything on this machine: database, web and worker.")
    up.add_argument("--port", type=int, default=8000)
    up.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: SCOPCHAT_DATA_DIR, else .data)")
    up.add_argument("--no-seed", action="store_true", help="no demo company at the first start")
    web = add("web", _web, "Run the web server.")
    web.add_argument("--host", default="127.0.0.1")
    web.add_argument("--port", type=int, default=8000)
    web.add_argument("--processes", type=int, default=1, metavar="N")
    web.add_argument("--socket", type=int, help=argparse.SUPPRESS)
    add("worker", _worker, "Run a worker: routing, sending, timers.")
    migrate = add("migrate", _migrate, "Bring the database up to date.")
    migrate.add_argument("--demo", action="store_true", help="and fill an empty one with the demo company")
    add("seed", _seed, "Add the demo company.")
    add("doctor", _doctor, "Tell in words what is wrong with the installation.")
    backup = add("backup", _backup, "Save the database, the photos and, with a passphrase, the secrets in one file.")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = add("restore", _restore, "Make an empty installation what a backup says, and hold its texts back.")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--take-over", action="store_true", help="and send from it: every other copy is off for good")
    for sub in (backup, restore):
        sub.add_argument("--passphrase-file", type=Path, metavar="FILE", help="opens the secrets in the backup")
        sub.add_argument(
            "--data", type=Path, metavar="DIR", help="data folder (default: SCOPCHAT_DATA_DIR, else .data)"
        )
    add("resume-sending", _resume_sending, "Let a restored or copied installation send: every other copy is off.")
    token = add("token", _token, "Give a provider new callback addresses; the old ones stop at once.")
    token.add_argument("provider", type=int, metavar="PROVIDER_ID")
    add("shell", _shell, "Open a Django shell on the installation.")
    return parser


def _up(arguments: argparse.Namespace) -> int:
    from scopchat.ops.up import up

    folder = arguments.data.absolute() if arguments.data else installation.data_folder()
    return up(port=arguments.port, folder=folder, with_demo=not arguments.no_seed)


def _web(arguments: argparse.Namespace) -> int:
    from scopchat.ops import web

    end_with_parent()
    installation.close_to_others(installation.data_folder())
    if arguments.socket is not None:
        web.serve_inherited(arguments.socket)
        return 0
    with environment.joined():
        bound = installation.bind(arguments.host, arguments.port)
        if arguments.processes == 1:
            web.serve(bound)
        else:
            asyncio.run(web.serve_many(bound, arguments.processes))
    return 0


def _worker(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    end_with_parent()
    installation.close_to_others(installation.data_folder())
    with environment.joined():
        _set_up_django()
        # Imported late: its module needs Django to be set up.
        from scopchat.gateway import worker

        worker.main()
    return 0


def _migrate(arguments: argparse.Namespace) -> int:
    from scopchat.ops import database, schema

    with environment.joined():
        _set_up_django()
        database.migrate()
        schema.note(installation.data_folder())
        if arguments.demo:
            from scopchat.ops import seed

            print(seed.at_first_start(), end="")
    return 0


def _seed(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    with environment.joined():
        _set_up_django()
        from scopchat.ops import seed

        print(seed.seed(), end="")
    return 0


def _doctor(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    with environment.joined():
        _set_up_django()
        from scopchat.ops.doctor import report

        return report()


def _backup(arguments: argparse.Namespace) -> int:
    _choose_folder(arguments)
    passphrase = installation.passphrase(arguments.passphrase_file)
    with environment.joined():
        _set_up_django()
        from scopchat.common.clock import utc_now
        from scopchat.ops.backup import make

        make.backup(arguments.file, passphrase=passphrase, now=utc_now())
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    _choose_folder(arguments)
    from scopchat.ops.backup import archive, sealed

    header = archive.header_of(arguments.file)
    sealed.place(header.get("secrets"), installation.passphrase(arguments.passphrase_file), installation.data_folder())
    with environment.joined(alone=True):
        _set_up_django()
        from scopchat.common.clock import utc_now
        from scopchat.ops.backup import restore

        restore.restore(arguments.file, header, take_over=arguments.take_over, now=utc_now())
    return 0


def _resume_sending(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    with environment.joined():
        _set_up_django()
        from scopchat.common.clock import utc_now
        from scopchat.ops import database
        from scopchat.ops.backup import restore

        database.require_migrated()
        if sys.stdin.isatty() and input(f"{restore.OTHERS_ARE_OFF} Type yes: ").strip() != "yes":
            return 1
        restore.resume(utc_now())
    return 0


def _choose_folder(arguments: argparse.Namespace) -> None:
    if arguments.data:
        os.environ["SCOPCHAT_DATA_DIR"] = str(arguments.data.absolute())


def _token(arguments: argparse.Namespace) -> int:
    with environment.joined():
        _set_up_django()
        from scopchat.ops import callbacks

        print(callbacks.rotate(provider_id=arguments.provider))
    return 0


def _shell(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    with environment.joined():
        _set_up_django()
        from django.core.management import call_command

        call_command("shell")
    return 0


def _set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scopchat.config.settings")
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
