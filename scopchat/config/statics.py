"""The version that static files carry in their path (docs/decisions/0008)."""

from __future__ import annotations

import hashlib
from pathlib import Path


def version(base: Path) -> str:
    """Changes with any static file of ours and with any of the locked packages; the same on every machine."""
    digest = hashlib.sha256((base / "package-lock.json").read_bytes())
    for file in sorted((base / "scopchat").glob("*/static/**/*")):
        if file.is_file():
            digest.update(file.relative_to(base).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:10]
