"""Workspaces in the shell: who installed the app, who is admitted, and the keys of their tokens."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.app.parts import open_database
from bot.cli.commands import app
from bot.services import installations
from bot.settings import SettingsError, load_settings
from bot.storage.seal import Seal, new_key
from tests.builders import MORNING
from tests.services.test_installations import NEW

Shell = Callable[..., str]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'signpost.db'}")

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["workspaces", *words])
        if isinstance(done.exception, SettingsError):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.output

    return run


def joined(*keys: str) -> None:
    database = open_database(load_settings())
    database.run(lambda session: installations.join(session, Seal(keys), NEW, MORNING))
    database.close()


def test_a_workspace_is_listed_admitted_and_removed(shell: Shell) -> None:
    assert shell("list") == ""
    joined(new_key())
    assert shell("list") == ("T1  Practices: installed 2026-11-24 by U0ANNA, waits to be admitted\n")
    assert "T1 is admitted" in shell("admit", "T1")
    assert ", admitted 20" in shell("list")
    assert "token of T1 is forgotten" in shell("remove", "T1")
    assert shell("list") == ""


@pytest.mark.parametrize("verb", ["admit", "remove"])
def test_a_workspace_that_is_not_there_is_named(shell: Shell, verb: str) -> None:
    assert "T9: the app is not installed there" in shell(verb, "T9", code=1)


def test_a_key_that_is_made_can_be_used(shell: Shell) -> None:
    key = shell("new-key").strip()
    assert Seal([key]).open(Seal([key]).close("x")) == "x"


def test_tokens_are_sealed_anew_so_that_the_old_key_can_go(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = new_key(), new_key()
    joined(old)
    with pytest.raises(SettingsError, match="TOKEN_KEYS is not set"):
        shell("reseal")
    monkeypatch.setenv("TOKEN_KEYS", new)
    with pytest.raises(SettingsError, match="opens no token of Practices"):
        shell("reseal")
    monkeypatch.setenv("TOKEN_KEYS", f"{new},{old}")
    assert "1 sealed with the first key" in shell("reseal")
    database = open_database(load_settings())
    found = database.run(lambda session: installations.find(session, Seal([new]), "T1"))
    database.close()
    assert found == NEW
