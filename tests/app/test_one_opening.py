"""Opening a database upgrades it, which takes a moment: a command does that once."""

from pathlib import Path

import pytest

from bot.app import open_database
from bot.app.trial import open_trial
from bot.cli.ask import ask_once
from bot.services.sample import load_sample
from bot.settings import load_settings
from bot.storage import schema
from bot.storage.database import Database
from tests.scenarios.conftest import serving


@pytest.fixture
def upgrades(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the databases that are upgraded from now on."""
    seen: list[str] = []
    really = schema.upgrade

    def upgrade(database: Database) -> None:
        seen.append(str(database.url))
        really(database)

    monkeypatch.setattr(schema, "upgrade", upgrade)
    return seen


def test_a_question_in_the_terminal_opens_the_database_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, upgrades: list[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'signpost.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    database = open_database(load_settings())
    database.run(load_sample)
    database.close()
    assert "Level" in ask_once("how do I back up the database?", "")
    assert upgrades == [url, url]


def test_a_question_where_there_is_no_database_makes_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, upgrades: list[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'signpost.db'}")
    ask_once("how do I back up the database?", "")
    assert upgrades == []
    assert list(tmp_path.iterdir()) == []


async def test_the_bot_opens_the_database_once(tmp_path: Path, upgrades: list[str]) -> None:
    async with open_trial(tmp_path) as trial:
        upgrades.clear()
        async with serving(trial):
            pass
        assert upgrades == [trial.settings.database_url]
