"""The installation's secrets under a passphrase: scrypt makes the key, AES-256-GCM the rest."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import asdict
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from scopchat.ops.installation import CannotStart, Keys, keep_keys, keys, open_folder, secrets_file

COST = 2**16
"""64 MiB and a fifth of a second for each guess at the passphrase."""


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase.encode()))


def seal(keys: Keys, passphrase: str) -> dict[str, str]:
    """The secrets as only the passphrase opens them, for the backup's header."""
    salt, nonce = os.urandom(16), os.urandom(12)
    content = _cipher(passphrase, salt).encrypt(nonce, json.dumps(asdict(keys)).encode(), None)
    return {name: b64encode(value).decode() for name, value in (("salt", salt), ("nonce", nonce), ("content", content))}


def unseal(sealed: dict[str, str], passphrase: str) -> Keys:
    """Undoes `seal`. Raises `CannotStart` for another passphrase."""
    salt, nonce, content = (b64decode(sealed[name]) for name in ("salt", "nonce", "content"))
    try:
        return Keys(**json.loads(_cipher(passphrase, salt).decrypt(nonce, content, None)))
    except InvalidTag:
        raise CannotStart("The passphrase is not the one of this backup.") from None


def place(sealed: dict[str, str] | None, passphrase: str | None, folder: Path) -> None:
    """Sees to it that the data folder, or the environment, has the backup's secrets. Raises `CannotStart`.

    Whether those that are there already are the right ones is told by the backup's proof.
    """
    open_folder(folder)
    there = secrets_file(folder).exists()
    given = bool(os.environ.get("SCOPCHAT_SECRET_KEY"))
    if sealed is None or passphrase is None:
        if not there and not given:
            raise CannotStart(
                "The secrets are missing: name the backup's passphrase with --passphrase-file."
                if sealed
                else f"The backup was made without a passphrase: put its secrets.json into {folder} first."
            )
        return
    opened = unseal(sealed, passphrase)
    if there and keys(folder) != opened:
        raise CannotStart(f"{secrets_file(folder)} has other secrets than the backup; restore into another folder.")
    if not there and not given:
        keep_keys(folder, opened)
