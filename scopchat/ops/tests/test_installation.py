"""The data folder, its lock and its secrets; ports."""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from scopchat.ops import installation
from scopchat.ops.installation import CannotStart, FolderInUse, bind, hold, keys, open_folder

HOLDER = """
import sys, time
from pathlib import Path
from scopchat.ops.installation import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_it_makes_the_folder_and_its_parents(tmp_path: Path) -> None:
    open_folder(tmp_path / "a" / "b")

    assert (tmp_path / "a" / "b").is_dir()
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_it_refuses_a_file_as_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotStart, match="cannot be written"):
        open_folder(tmp_path / "file")


def test_it_refuses_a_folder_that_takes_no_files() -> None:
    # Not even root may write there.
    with pytest.raises(CannotStart, match="cannot be written"):
        open_folder(Path("/proc/scopchat"))


def test_it_makes_secrets_once(tmp_path: Path) -> None:
    made = keys(tmp_path)

    assert keys(tmp_path) == made
    assert len(made.secret_key) >= 50


def test_it_keeps_secrets_from_other_accounts(tmp_path: Path) -> None:
    keys(tmp_path)

    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_it_never_replaces_unreadable_secrets(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")

    with pytest.raises(CannotStart, match="restore that file"):
        keys(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == "{"


def test_it_lets_one_hold_the_folder(tmp_path: Path) -> None:
    with hold(tmp_path), pytest.raises(FolderInUse, match="already runs"), hold(tmp_path):
        pass


def test_it_can_be_held_again_afterwards(tmp_path: Path) -> None:
    with hold(tmp_path):
        pass
    with hold(tmp_path):
        pass


def test_it_can_be_held_after_the_holder_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FolderInUse), hold(tmp_path):
            pass
        holder.kill()

    with hold(tmp_path):
        assert (tmp_path / "lock").exists()


def test_it_refuses_a_taken_port() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CannotStart, match=f"Port {other.getsockname()[1]} of 127.0.0.1 cannot be used"):
            bind("127.0.0.1", other.getsockname()[1])


def test_it_binds_a_free_port() -> None:
    with bind("127.0.0.1", 0) as bound:
        assert bound.getsockname()[1] > 0


def modes(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): oct(path.stat().st_mode & 0o777) for path in folder.rglob("*")}


def test_photos_and_notes_of_earlier_versions_are_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "media" / "5").mkdir(parents=True)
    for path in (tmp_path / "media", tmp_path / "media" / "5"):
        path.chmod(0o755)
    for name in ("migrations.json", "media/a.png", "media/5/b.png"):
        (tmp_path / name).touch(0o644)
    installation.close_to_others(tmp_path)
    assert modes(tmp_path) == {
        "media": "0o700", "media/5": "0o700", "media/a.png": "0o600", "media/5/b.png": "0o600",
        "migrations.json": "0o600",
    }  # fmt: skip


def test_new_photos_are_closed_to_others(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    default_storage.save("5/a.png", ContentFile(b"x"))
    assert modes(tmp_path) == {"media": "0o700", "media/5": "0o700", "media/5/a.png": "0o600"}
