"""`signpost report`: the figures in the shell and as files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli import report
from bot.domain.escalation.life import Move
from bot.storage.database import Database
from tests.engines import SqliteFiles
from tests.escalations import World
from tests.fakes import HandClock

app = typer.Typer()
app.command()(report.report)


@pytest.fixture(autouse=True)
def _network(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_files: SqliteFiles, sqlite_database: Database
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", str(sqlite_database.url))
    sqlite_files.fill(sqlite_database, "one escalation", lambda: escalate(sqlite_database))


def escalate(database: Database) -> None:
    world = World(database, HandClock(datetime(2026, 1, 13, 9, tzinfo=UTC))).found()
    key = world.open()
    world.clock.advance(hours=1)
    world.move(key, Move.TAKE, "tom")


def signpost(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def test_it_tells_of_a_week() -> None:
    result = signpost("--week", "2026-w03")
    assert result.exit_code == 0
    assert result.stdout.startswith("Image Instruments: what happened, 12 Jan 2026 – 18 Jan 2026\n")
    assert "Escalations: 1 opened, 0 resolved. Open at the end: 1" in result.stdout
    assert "First response after 1 h 0 min" in result.stdout
    assert "  Nord Dental: questions 0 (unanswered 0), escalations opened 1" in result.stdout


def test_it_tells_of_days_and_of_a_company_alone() -> None:
    days = ("--from", "2026-01-13", "--to", "2026-01-13")
    assert "Escalations: 1 opened" in signpost(*days, "--company", "nord").stdout
    assert "Escalations: 0 opened" in signpost(*days, "--company", "alpine").stdout
    assert "Escalations: 0 opened" in signpost("--from", "2026-01-14", "--to", "2026-01-20").stdout


def test_without_a_week_it_is_the_last_that_is_over() -> None:
    assert signpost().exit_code == 0


def test_it_is_written_for_a_spreadsheet(tmp_path: Path) -> None:
    signpost("--week", "2026-W03", "--csv", tmp_path / "r.csv")
    lines = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("since;until;by;name;questions;unanswered;")
    assert lines[1].startswith("2026-01-11T23:00+00:00;2026-01-18T23:00+00:00;total;;0;0;0;1;0;1;")
    assert [line.split(";")[2:4] for line in lines[2:]] == [
        ["topic", "server-installation"],
        ["distributor", "Nord Dental"],
    ]


def test_it_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plots` is not installed")
    signpost("--week", "2026-W03", "--plot", tmp_path / "r.png")
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--week", "48"), "--week 48: give a week such as 2026-W48."),
        (("--week", "2026-W54"), "--week 2026-W54: give a week such as 2026-W48."),
        (("--week", "2026-W03", "--from", "2026-01-01"), "give the week, or the days."),
        (("--from", "yesterday", "--to", "2026-01-01"), "--from yesterday: give a day such as"),
        (("--from", "2026-01-02"), "--to : give a day such as"),
        (("--from", "2026-01-02", "--to", "2026-01-01"), "--to 2026-01-01: give a day that is not before"),
        (("--company", "nobody"), "there is no company “nobody”"),
    ],
)
def test_what_is_wrong_is_said_with_the_remedy(arguments: tuple[str, ...], complaint: str) -> None:
    result = signpost(*arguments)
    assert result.exit_code == 1
    assert complaint in result.stderr
