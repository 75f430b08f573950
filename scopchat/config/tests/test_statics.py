"""The version of static files."""

from __future__ import annotations

from pathlib import Path

from scopchat.config import statics


def test_it_changes_the_version_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    file = tmp_path / "scopchat" / "web" / "static" / "a.js"
    file.parent.mkdir(parents=True)
    file.write_text("1")
    before = statics.version(tmp_path)

    assert statics.version(tmp_path) == before
    file.write_text("2")
    assert statics.version(tmp_path) != before
