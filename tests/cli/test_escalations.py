"""`signpost escalations`: the list in the shell and as files."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli import escalations
from bot.domain.escalation.life import Move
from bot.storage.database import Database
from tests.engines import SqliteFiles
from tests.escalations import LEVEL_1, World
from tests.fakes import HandClock

app = typer.Typer()
app.command()(escalations.escalations)


@pytest.fixture(autouse=True)
def _network(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_files: SqliteFiles, sqlite_database: Database
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", str(sqlite_database.url))
    sqlite_files.fill(sqlite_database, "three escalations", lambda: escalate(sqlite_database))


def escalate(database: Database) -> None:
    world = World(database, HandClock(datetime(2026, 1, 12, 9, tzinfo=UTC))).found()
    world.promise("nord", 30, None)
    world.open(happened="=cmd|' /C calc'!A0")
    key = world.open()
    world.move(key, Move.TAKE, "tom")
    world.move(key, Move.RESOLVE, "tom")
    world.open("tilo", practice_id=world.practices["Praxis Dr. Tal"], topic=LEVEL_1)


def signpost(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def test_it_lists_what_is_open_by_due_time() -> None:
    result = signpost()
    assert result.exit_code == 0
    first, second, count = result.stdout.strip().splitlines()
    assert first.startswith("ESC-2026-0001  new  hindered  Nord Dental / tom@nord.example  Praxis Dr. Berg")
    assert first.endswith("due 2026-01-12T09:30+00:00 OVERDUE")
    assert second.startswith("ESC-2026-0003")
    assert count == "2 escalations."


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("--state", "all"), {1, 2, 3}),
        (("--state", "resolved"), {2}),
        (("--company", "alpine"), {3}),
        (("--company", "nord", "--state", "all"), {1, 2}),
        (("--company", "image"), {3}),
        (("--overdue",), {1}),
    ],
)
def test_the_list_can_be_narrowed(arguments: tuple[str, ...], found: set[int]) -> None:
    lines = signpost(*arguments).stdout.splitlines()
    assert {int(line[9:13]) for line in lines if line.startswith("ESC")} == found


def test_it_is_written_for_a_spreadsheet_without_formulas_and_for_a_program(tmp_path: Path) -> None:
    assert signpost("--csv", tmp_path / "e.csv", "--json", tmp_path / "e.json").stdout == "2 escalations.\n"
    text = (tmp_path / "e.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("reference;state;urgency;topic;title;")
    assert ";'=cmd|' /C calc'!A0;" in text
    rows = json.loads((tmp_path / "e.json").read_text(encoding="utf-8"))
    assert [row["reference"] for row in rows] == ["ESC-2026-0001", "ESC-2026-0003"]
    assert rows[0]["overdue"] == "yes"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--state", "lost"), "--state lost: give open, all, or one of new, taken"),
        (("--company", "nobody"), "--company: there is no company “nobody”"),
        (("--csv", "/nowhere/e.csv"), "/nowhere/e.csv: No such file or directory"),
    ],
)
def test_what_is_wrong_is_said_with_the_remedy(arguments: tuple[str, ...], complaint: str) -> None:
    result = signpost(*arguments)
    assert result.exit_code == 1
    assert complaint in result.stderr
