"""Compiles the translations that are newer than their compiled form, without gettext's tools."""

from __future__ import annotations

import os
from pathlib import Path

import polib

from scopchat.ops.installation import BASE_DIR


def compile_translations(locale: Path) -> list[Path]:
    """Writes the `.mo` beside each changed `.po` below `locale`; returns those written.

    Each file is replaced in one step, so that a process reading it meanwhile never sees half of it.
    """
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_suffix(f".mo.{os.getpid()}")
        polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(draft))
        draft.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_translations(BASE_DIR / "locale")
