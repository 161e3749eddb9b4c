from importlib.resources import files
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli import directory
from bot.files.kinds import Kind

SAMPLE = Path(str(files("bot.files") / "sample"))

app = typer.Typer()
app.command("import")(directory.import_)
app.command("export")(directory.export)


@pytest.fixture(autouse=True)
def _own_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'signpost.db'}")
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)


def signpost(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def import_sample() -> None:
    for kind in Kind:
        assert signpost("import", kind, SAMPLE / f"{kind}.csv").exit_code == 0


def test_an_import_says_what_it_did() -> None:
    result = signpost("import", "companies", SAMPLE / "companies.csv")
    assert result.stdout.startswith(
        "companies.csv: 6 new, 0 changed, 0 as before.\nNew:\n  + Image Instruments\n"
    )
    assert "! line 3 contact_slack: not resolved: @karl" in result.stdout
    assert result.stdout.endswith("Imported.\n")
    assert signpost("import", "companies", SAMPLE / "companies.csv").stdout.endswith("Nothing to do.\n")


def test_a_dry_run_writes_nothing() -> None:
    result = signpost("import", "companies", SAMPLE / "companies.csv", "--dry-run")
    assert result.stdout.endswith("Nothing was written: this was a dry run.\n")
    assert "6 new" in signpost("import", "companies", SAMPLE / "companies.csv").stdout


def test_faults_go_to_stderr_with_file_line_column_value_and_remedy() -> None:
    result = signpost("import", "practices", SAMPLE / "practices.csv")
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0] == 'practices.csv:2 vendor "nord-dental": import the companies first'
    assert lines[-1] == "11 faults: nothing was imported."


def test_a_change_is_told_with_before_and_after(tmp_path: Path) -> None:
    import_sample()
    text = (SAMPLE / "practices.csv").read_text(encoding="utf-8-sig")
    file = tmp_path / "mine.csv"
    file.write_text(text.replace(";de;;;kfo-sommer.example", ";en;;;kfo-sommer.example"), encoding="cp1252")
    shown = signpost("import", "practices", file).stdout
    assert "  ~ KFO-Praxis Dr. Sommer (line 4)\n      language: de → en\n" in shown


def test_what_disappeared_is_shown_and_only_pruned_on_request(tmp_path: Path) -> None:
    import_sample()
    lines = (SAMPLE / "people.csv").read_text(encoding="utf-8-sig").splitlines()
    file = tmp_path / "people.csv"
    file.write_text("\n".join(lines[:-1]), encoding="utf-8")
    kept = signpost("import", "people", file).stdout
    assert "kept, since only --prune removes them:\n  - grace@northgate-ortho.example\n" in kept
    pruned = signpost("import", "people", file, "--prune").stdout
    assert "to be removed:\n  - grace@northgate-ortho.example\n" in pruned
    assert "grace@" not in signpost("import", "people", file).stdout


def test_a_refused_prune_says_why(tmp_path: Path) -> None:
    import_sample()
    file = tmp_path / "companies.csv"
    file.write_text(
        (SAMPLE / "companies.csv").read_text(encoding="utf-8-sig").rsplit("\n", 2)[0], encoding="utf-8"
    )
    result = signpost("import", "companies", file, "--prune")
    assert result.exit_code == 1
    assert "Bracketwise Training cannot be removed: “Northgate Orthodontic Centre”" in result.stderr


@pytest.mark.parametrize("kind", Kind)
def test_an_export_is_the_sample_again(kind: Kind, tmp_path: Path) -> None:
    import_sample()
    result = signpost("export", kind)
    assert result.stdout_bytes.startswith(b"\xef\xbb\xbf")
    exported = sorted(result.stdout_bytes.decode("utf-8-sig").splitlines())
    assert exported == sorted((SAMPLE / f"{kind}.csv").read_text(encoding="utf-8-sig").splitlines())


def test_an_export_does_not_write_over_a_file_unasked(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("mine")
    assert signpost("export", "people", file).exit_code == 1
    assert file.read_text() == "mine"
    assert signpost("export", "people", file, "--force").exit_code == 0
    assert file.read_text(encoding="utf-8-sig").startswith("name;email;")


@pytest.mark.parametrize("command", ["import", "export"])
def test_a_template_explains_the_columns(command: str) -> None:
    shown = signpost(command, "people", "--template").stdout
    assert shown.startswith("\ufeff# Signpost, people")
    assert shown.splitlines()[-1] == "name;email;phone;slack_user;workspace;company;practices"


def test_a_missing_file_is_one_plain_line() -> None:
    result = signpost("import", "people", "nowhere.csv")
    assert (result.exit_code, result.stderr) == (1, "nowhere.csv: No such file or directory\n")


def test_slack_that_cannot_be_asked_does_not_stop_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    result = signpost("import", "companies", SAMPLE / "companies.csv")
    assert "names stay as they are given" in result.stderr
    assert result.stdout.endswith("Imported.\n")
