import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli import person
from bot.storage.database import Database
from bot.storage.tables import EscalationRow
from tests.services.forgetting.zora import WORDS, cells_with, fill

EMAIL = "zora_z@berg.example"
ADA = ("--by", "ada@image.example")
app = typer.Typer()
app.command()(person.kept)
app.command()(person.forget)


@pytest.fixture
def full(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", str(sqlite_database.url))
    monkeypatch.setenv("ADMINS", "ada@image.example")
    fill(sqlite_database)
    return sqlite_database


def signpost(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=answer, catch_exceptions=False)


def test_a_dry_run_shows_what_is_kept_and_what_has_to_stay_and_changes_nothing(full: Database) -> None:
    before = cells_with(full, *WORDS)
    shown = signpost("forget", EMAIL, "--dry-run")
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert "person: 1" in lines
    assert "questions: 1" in lines
    assert any(line.startswith("entries in the accounts: 1 (stays: accounts have to show") for line in lines)
    assert "Otto" not in shown.stdout
    assert lines[-1] == "Nothing was changed: this was a dry run."
    assert cells_with(full, *WORDS) == before


def test_forgetting_asks_first(full: Database) -> None:
    before = cells_with(full, *WORDS)
    assert signpost("forget", EMAIL, *ADA, answer="n\n").exit_code == 1
    assert cells_with(full, *WORDS) == before
    done = signpost("forget", EMAIL, *ADA, answer="y\n")
    assert done.exit_code == 0
    assert done.stdout.endswith("Forgotten.\n")
    assert "person.name" not in cells_with(full, *WORDS)


def test_what_stands_in_the_way_is_named_and_nothing_is_changed(full: Database) -> None:
    with full.transaction() as session:
        session.get_one(EscalationRow, 1).state = "taken"
    before = cells_with(full, *WORDS)
    refused = signpost("forget", EMAIL, *ADA, "--yes")
    assert refused.exit_code == 1
    assert "! Owns ESC-2026-0001: let somebody else have them first" in refused.stdout
    assert "Nothing was changed" in refused.stderr
    assert cells_with(full, *WORDS) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((EMAIL, "--yes"), "Who decides this? --by"),
        ((EMAIL, "--by", "otto_z@berg.example", "--yes"), "is no admin"),
        (("U0NOBODY", *ADA, "--yes"), "nobody is known by this"),
        (("nobody@berg.example", *ADA, "--yes"), "nothing is kept of them"),
    ],
)
def test_what_cannot_be_is_one_plain_line(arguments: tuple[str, ...], said: str, full: Database) -> None:
    before = cells_with(full, *WORDS)
    refused = signpost("forget", *arguments)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert cells_with(full, *WORDS) == before


def test_what_is_kept_of_somebody_is_json(full: Database, tmp_path: Path) -> None:
    told = json.loads(signpost("kept", EMAIL).stdout)
    assert told["person"][0]["name"] == "Zora Zimmer"
    assert told["questions"][0]["text"] == "Zora's own words"
    assert signpost("kept", EMAIL, str(tmp_path / "zora.json")).exit_code == 0
    assert json.loads((tmp_path / "zora.json").read_text(encoding="utf-8")) == told
