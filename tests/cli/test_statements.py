from datetime import date
from pathlib import Path

import pytest
import typer
from sqlmodel import select
from typer.testing import CliRunner, Result

from bot.cli import statements
from bot.domain.maintenance.entries import EntryKind
from bot.storage.database import Database
from bot.storage.tables import CompanyRow, OutboxRow, PersonRow
from tests.renewals import World

app = typer.Typer()
app.command("statement")(statements.statement)
app.command("statements")(statements.statements)


@pytest.fixture
def world(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    """Years that are over whenever the test runs: the command reads the system's clock."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", str(sqlite_database.url))
    world = World(sqlite_database)
    world.found()
    period = world.package("ONYX-1", due_on=date(2020, 6, 15))
    world.record(period, EntryKind.BILLED, amount_cents=11781)
    world.package("=ONYX-2", due_on=date(2020, 7, 1))
    return world


def signpost(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.mark.parametrize("named", ["nord", "Nord Dental"])
def test_a_draft_is_shown_with_its_table_and_what_is_to_be_remitted(world: World, named: str) -> None:
    result = signpost("statement", named, 2020)
    assert result.exit_code == 0
    for part in ("Draft, as of", "ONYX-1", "15 Jun 2020 – 14 Jun 2021", "Still to be remitted", "EUR 232.65"):
        assert part in result.stdout


def test_it_is_written_as_csv_and_as_a_page_and_never_over_a_file(world: World, tmp_path: Path) -> None:
    csv, html = tmp_path / "s.csv", tmp_path / "s.html"
    assert (
        signpost("statement", "nord", 2020, "--csv", csv, "--html", html, "--language", "de").exit_code == 0
    )
    assert b"'=ONYX-2" in csv.read_bytes()
    assert "Softwarepflege: Aufstellung für 2020" in html.read_text(encoding="utf-8")
    again = signpost("statement", "nord", 2020, "--csv", csv)
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert signpost("statement", "nord", 2020, "--csv", csv, "--force").exit_code == 0


def test_sending_wants_a_name_that_may_and_is_done_once(world: World) -> None:
    with world.database.transaction() as session:
        nord = session.exec(select(CompanyRow.id).where(CompanyRow.slug == "nord")).one()
        session.add(PersonRow(email="tom@nord.example", company_id=nord))
    assert "--by" in signpost("statement", "nord", 2020, "--send").stderr
    stranger = signpost("statement", "nord", 2020, "--send", "--by", "nobody@nord.example")
    assert (stranger.exit_code, stranger.stdout) == (1, "")
    assert "Nobody is known as “nobody@nord.example”" in stranger.stderr
    sent = signpost("statement", "nord", 2020, "--send", "--by", "tom@nord.example")
    assert "Sent: the messages go out" in sent.stdout
    assert (
        "It had been sent before"
        in signpost("statement", "nord", 2020, "--send", "--by", "tom@nord.example").stdout
    )
    with world.database.transaction() as session:
        assert len(session.exec(select(OutboxRow)).all()) == 6


def test_a_year_that_is_not_over_is_refused_with_the_day(world: World) -> None:
    with world.database.transaction() as session:
        nord = session.exec(select(CompanyRow.id).where(CompanyRow.slug == "nord")).one()
        session.add(PersonRow(email="tom@nord.example", company_id=nord))
    result = signpost("statement", "nord", 2190, "--send", "--by", "tom@nord.example")
    assert result.exit_code == 1
    assert "31 Dec 2190" in result.stderr


def test_an_unknown_distributor_is_refused_with_those_that_are_known(world: World) -> None:
    result = signpost("statement", "norden", 2020)
    assert (result.exit_code, result.stderr) == (
        1,
        "There is no distributor “norden”; known are: nord.\n",
    )


def test_the_sum_names_every_gap(world: World, tmp_path: Path) -> None:
    result = signpost("statements", 2020, "--csv", tmp_path / "sum.csv")
    assert result.exit_code == 0
    assert "no statement sent, late since" in result.stdout
    assert "• Praxis am Markt, ONYX-1, due 15 Jun 2020: EUR " in result.stdout
    rows = (tmp_path / "sum.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(";")[0] for row in rows] == ["kind", "distributor", "gap", "gap", "total"]
