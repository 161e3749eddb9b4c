"""Opening a database looks whether it is to be upgraded, which takes a moment: a command does that once."""

from pathlib import Path

import pytest

from bot.app import open_database, parts
from bot.app.trial import open_trial
from bot.cli.ask import ask_once
from bot.services.sample import load_sample
from bot.settings import load_settings
from bot.storage.database import Database
from bot.storage.revision import is_upgraded
from tests.scenarios.conftest import serving


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the databases that are opened from now on."""
    seen: list[str] = []

    def note(database: Database) -> bool:
        seen.append(str(database.url))
        return is_upgraded(database)

    monkeypatch.setattr(parts, "is_upgraded", note)
    return seen


def test_a_question_in_the_terminal_opens_the_database_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, openings: list[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'signpost.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    database = open_database(load_settings())
    database.run(load_sample)
    database.close()
    assert "Level" in ask_once("how do I back up the database?", "")
    assert openings == [url, url]


def test_a_question_where_there_is_no_database_makes_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, openings: list[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'signpost.db'}")
    ask_once("how do I back up the database?", "")
    assert openings == []
    assert list(tmp_path.iterdir()) == []


async def test_the_bot_opens_the_database_once(tmp_path: Path, openings: list[str]) -> None:
    async with open_trial(tmp_path) as trial:
        openings.clear()
        async with serving(trial):
            pass
        assert openings == [trial.settings.database_url]
