"""What the parts of the program are told, and how a single command joins them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scopchat.ops import environment
from scopchat.ops.installation import CannotStart


@pytest.fixture
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "SCOPCHAT_SECRET_KEY", "SCOPCHAT_FIELD_KEYS", "SCOPCHAT_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SCOPCHAT_DATA_DIR", str(tmp_path))


@pytest.mark.usefixtures("_bare")
def test_it_fills_in_what_the_caller_left_out(tmp_path: Path) -> None:
    made = environment.variables(tmp_path, public_url="http://127.0.0.1:8000")

    assert made["DATABASE_URL"].startswith("postgresql://scopchat@/scopchat?host=")
    assert made["SCOPCHAT_PUBLIC_URL"] == "http://127.0.0.1:8000"
    assert made["SCOPCHAT_DATA_DIR"] == str(tmp_path)
    assert made["SCOPCHAT_ALLOW_PRIVATE_HOSTS"] == "1"


@pytest.mark.usefixtures("_bare")
def test_it_tells_single_commands_the_address_of_up(tmp_path: Path) -> None:
    environment.variables(tmp_path, public_url="http://127.0.0.1:8123")

    assert environment.variables(tmp_path)["SCOPCHAT_PUBLIC_URL"] == "http://127.0.0.1:8123"


@pytest.mark.usefixtures("_bare")
def test_it_keeps_what_the_caller_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/x")
    monkeypatch.setenv("SCOPCHAT_PUBLIC_URL", "https://texto.exemple.test")

    made = environment.variables(tmp_path, public_url="http://127.0.0.1:8000")

    assert made["DATABASE_URL"] == "postgresql://elsewhere/x"
    assert made["SCOPCHAT_PUBLIC_URL"] == "https://texto.exemple.test"


@pytest.mark.usefixtures("_bare")
def test_it_makes_no_secrets_beside_a_given_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/x")

    with pytest.raises(CannotStart, match="SCOPCHAT_SECRET_KEY is not set"), environment.joined():
        pass
    assert not (tmp_path / "secrets.json").exists()
