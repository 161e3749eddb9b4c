from importlib.resources import files
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli import directory, maintenance
from bot.files.kinds import Kind
from bot.storage.database import Database
from tests.engines import SqliteFiles

SAMPLE = Path(str(files("bot.files") / "sample"))

app = typer.Typer()
app.command("import")(directory.import_)
app.command("export")(directory.export)
app.command()(maintenance.record)
app.command()(maintenance.entries)


@pytest.fixture(autouse=True)
def _own_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_files: SqliteFiles, sqlite_database: Database
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", str(sqlite_database.url))
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    sqlite_files.fill(sqlite_database, "imported sample", import_sample)


def import_sample() -> None:
    for kind in Kind:
        assert signpost("import", kind, SAMPLE / f"{kind}.csv").exit_code == 0


def signpost(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def test_a_payment_is_shown_recorded_and_found_in_the_history() -> None:
    said = ("record", "bezahlt", "OC-10733", "--period", "2025", "--on", "5.1.2026", "--reference", "R-7")
    dry = signpost(*said, "--dry-run").stdout
    assert dry == (
        "OC-10733 2025-12-22, Zahnspangenwerk Lübeck\n"
        "  + 2026-01-05  paid  EUR 117.81  R-7\n"
        "    state: lapsed → settled\n"
        "    open: EUR 117.81 → EUR 0.00\n"
        "Nothing was written: this was a dry run.\n"
    )
    assert signpost(*said, "--by", "tom@nord-dental.example").stdout.endswith("Recorded.\n")
    history = signpost("entries", "OC-10733").stdout
    assert "due 2025-12-22: settled, billed by Nord Dental Systeme to Zahnspangenwerk Lübeck" in history
    assert "  practice: EUR 99.00 + 19 % VAT (domestic) = EUR 117.81; open EUR 0.00" in history
    assert "  #3  2026-01-05  paid  EUR 117.81  R-7  (tom@nord-dental.example)" in history


def test_an_entry_is_taken_back_by_its_number() -> None:
    assert "state: settled → lapsed" in signpost("record", "correction", "--corrects", "2").stdout
    history = signpost("entries", "OC-40120").stdout
    assert "#2  2026-01-02  paid  EUR 118.80  BACS 4471  (signpost import, taken back)" in history
    assert "correction  of #2" in history


def test_all_that_a_distributor_is_due_is_recorded_at_once() -> None:
    shown = signpost("record", "remitted", "--distributor", "nord-dental", "--due", "2026-01", "--dry-run")
    assert shown.stdout.splitlines()[:2] == [
        "OC-10417 2026-01-12, Kieferorthopädie am Markt",
        shown.stdout.splitlines()[1],
    ]
    assert "remitted  EUR 117.81" in shown.stdout
    assert "OC-10733" not in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("paid", "OC-9"), "No licence package has the number OC-9."),
        (("paid", "OC-10417", "--amount", "1.234"), 'amount "1.234": this may be 1234'),
        (("paid", "OC-10417", "--period", "1999"), 'period "1999": this package has no such period'),
        (("paid",), "Name packages, or --due with a month, or --all-due."),
        (("paid", "--due", "November"), '--due "November": write a month like 2026-11'),
        (("stolen", "OC-10417"), 'kind "stolen": write one of announced, billed'),
        (("remitted", "OC-20051"), "Nothing is open of OC-20051"),
        (("paid", "OC-10417", "--on", "2020-01-01"), "this is before the purchase on 2021-01-12"),
    ],
)
def test_what_cannot_be_recorded_is_said_in_one_line(arguments: tuple[str, ...], words: str) -> None:
    result = signpost("record", *arguments)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_recording_twice_says_that_it_is_known() -> None:
    said = ("record", "paid", "OC-10417", "--period", "2026", "--amount", "117,81", "--on", "2026-01-02")
    assert signpost(*said).stdout.endswith("Recorded.\n")
    assert "Recorded already: 1." in signpost(*said).stdout


def test_entries_are_never_pruned() -> None:
    result = signpost("import", "entries", SAMPLE / "entries.csv", "--prune")
    assert result.exit_code == 1
    assert "Entries are never removed" in result.stderr


def test_the_history_of_nothing_is_one_line() -> None:
    assert signpost("entries", "OC-9").stderr == "No licence package has the number OC-9.\n"
