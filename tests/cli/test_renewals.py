"""`signpost renewals`: the dry run in the shell."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.app import open_database
from bot.cli import renewals
from tests.fakes import HandClock
from tests.renewals import World

app = typer.Typer()
app.command()(renewals.renewals)


@pytest.fixture(autouse=True)
def _network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'signpost.db'}")
    database = open_database()
    now = datetime.now(UTC)
    world = World(database, HandClock(now)).found()
    world.practice("Praxis Fern")
    far = now.date() + timedelta(days=70)
    world.package("L-1", due_on=date(far.year, far.month, min(far.day, 28)))
    world.package("L-2", "Praxis Fern", due_on=now.date().replace(day=1) - timedelta(days=40))
    database.close()


def signpost(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def test_it_says_who_is_reminded_and_what_is_wrong() -> None:
    result = signpost("--next", "120d")
    assert result.exit_code == 0
    assert "in the next 120 days. Nothing was sent." in result.stdout
    assert "to Praxis am Markt (direct message to Markt): L-1" in result.stdout
    assert "Not reachable in Slack; whoever bills is told (1):\n  Praxis Fern: Fern, fern@" in result.stdout
    assert "Past due and not settled (1):\n  L-2, Praxis Fern" in result.stdout


def test_it_can_look_at_one_company_s_packages_alone() -> None:
    assert signpost("--distributor", "image").stdout.startswith("0 reminders in the next 90 days.")


def test_the_list_can_be_a_file(tmp_path: Path) -> None:
    result = signpost("--csv", tmp_path / "next.csv")
    text = (tmp_path / "next.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("when;time_zone;stage;to;where;package;")
    assert ";Praxis am Markt;direct message to Markt;L-1;" in text
    assert "to Praxis am Markt" not in result.stdout


def test_due_dates_can_be_a_calendar_file(tmp_path: Path) -> None:
    assert "2 due dates written to" in signpost("--ics", tmp_path / "all.ics").stdout
    assert (
        "1 due date written to"
        in signpost("--ics", tmp_path / "one.ics", "--practice", "Praxis Fern", "--language", "de").stdout
    )
    content = (tmp_path / "one.ics").read_bytes().decode()
    assert "Softwarepflege fällig: Lizenzpaket L-2" in content
    assert "L-1" not in content


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--next", "soon"), "--next soon: give a number of days"),
        (("--distributor", "nobody"), "there is no company “nobody”"),
        (("--ics", "x.ics", "--practice", "praxis fern"), "check capitals and spelling"),
        (("--ics", "x.ics", "--language", "fr"), "give en or de"),
    ],
)
def test_what_it_cannot_understand_it_says_with_a_remedy(arguments: tuple[str, ...], complaint: str) -> None:
    result = signpost(*arguments)
    assert result.exit_code == 1
    assert complaint in result.stderr


def test_what_was_remitted_by_month_is_drawn() -> None:
    pytest.importorskip("matplotlib")
    result = signpost("--plot", "months.png", "--language", "de")
    assert (result.exit_code, result.stdout) == (0, "Written to months.png.\n")
    assert Path("months.png").read_bytes().startswith(b"\x89PNG")
    assert "give en or de" in signpost("--plot", "months.png", "--language", "fr").stderr
