"""Settings from the environment: typed, declared, and refused with a sentence."""

from __future__ import annotations

import pytest

from scopchat.common import env
from scopchat.common.env import BadSetting

NAME = "SCOPCHAT_OF_THIS_TEST"


@pytest.fixture(autouse=True)
def _declarations_of_this_test_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "DECLARED", {})
    monkeypatch.delenv(NAME, raising=False)


@pytest.mark.parametrize("value", ["1", "true", "YES", " on "])
def test_it_reads_yes(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, False, "") is True


@pytest.mark.parametrize("value", ["0", "False", "no", "off"])
def test_it_reads_no(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, True, "") is False


def test_it_refuses_a_flag_that_is_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "perhaps")
    with pytest.raises(BadSetting, match=f"{NAME} must be yes or no, not 'perhaps'"):
        env.flag(NAME, True, "")


def test_it_reads_whole_numbers_and_refuses_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "42")
    assert env.number(NAME, 1, "") == 42
    monkeypatch.setenv(NAME, "many")
    with pytest.raises(BadSetting, match=f"{NAME} must be a whole number, not 'many'"):
        env.number(NAME, 1, "")


def test_it_reads_lists_without_their_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "a, b,, c ,")
    assert env.items(NAME, "", "") == ["a", "b", "c"]


@pytest.mark.parametrize("value", [None, ""])
def test_an_unset_or_empty_setting_has_its_default(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is not None:
        monkeypatch.setenv(NAME, value)
    assert env.text(NAME, "default", "") == "default"
    assert env.flag(NAME, True, "") is True
    assert env.number(NAME, 7, "") == 7
    assert env.items(NAME, "a,b", "") == ["a", "b"]


def test_every_setting_read_is_declared() -> None:
    env.number(NAME, 7, "How many.")
    assert {NAME: env.Setting(NAME, "7", "How many.")} == env.DECLARED
