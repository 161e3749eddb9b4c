import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.app.parts import load_knowledge, open_database
from bot.cli import consent
from bot.domain.matching.effect import Effect, Hits
from bot.domain.scheme import Language
from bot.files import compiled
from bot.services.sample import load_sample
from bot.settings import load_settings
from bot.storage.database import Database
from bot.storage.tables import QuestionRow
from tests.domain.matching.small import small_model
from tests.fakes import HandClock

ADMIN, EDITOR = "ines@image-instruments.example", "karl@image-instruments.example"
DISTRIBUTOR = "tom@nord-dental.example"
TEXT = "bring back what we had last week"

app = typer.Typer()
app.add_typer(consent.learn, name="learn")
app.add_typer(consent.editors, name="editors")


@pytest.fixture(autouse=True)
def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Database]:
    """A database with the sample's people, and one question that a topic was picked for after a miss."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'signpost.db'}")
    monkeypatch.setenv("ADMINS", ADMIN)
    opened = open_database(load_settings())
    with opened.transaction() as session:
        load_sample(session)
        session.add(_question(TEXT, "database-restore", "picked"))
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _quick_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the seconds of measuring: the figures are tested where they are made."""
    known = Effect(topic=Hits(200, 203, 260), others=Hits(900, 899, 1000))
    monkeypatch.setattr("bot.domain.matching.effect.effect_of", lambda *_: known)


def _question(text: str, topic: str | None, outcome: str, number: int = 1) -> QuestionRow:
    return QuestionRow(
        workspace_id="T1",
        channel_id="C1",
        message_ts=f"{number}.0",
        address="mention",
        language="en",
        text=text,
        reaction="answer",
        topic=topic,
        score=0.9,
        candidates="database-backup database-restore",
        asked_at=HandClock().now(),
        outcome=outcome,
    )


def signpost(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def appoint() -> None:
    assert signpost("editors", "add", EDITOR, "--by", ADMIN).exit_code == 0


def accept(*more: str) -> Result:
    return signpost("learn", "accept", 1, "--by", EDITOR, *more)


def refused(result: Result, reason: str) -> bool:
    """Say whether a command ended with one plain line of this reason, and nothing else."""
    return result.exit_code == 1 and result.stdout == "" and reason in result.stderr


def test_suggestions_are_listed_under_their_topics(database: Database) -> None:
    with database.transaction() as session:
        session.add(_question("Bring back what we had, last week!", "database-restore", "picked", 2))
        session.add(_question("zzz what is this", None, "missed", 3))
    shown = signpost("learn", "list").stdout
    assert shown.startswith(
        f"Database restore (database-restore):\n  #1  2×  en  “{TEXT}”  (another topic was named)\n"
    )
    assert "Nobody said what these are about; say it with --topic:\n  #3  1×" in shown


def test_an_editor_accepts_and_the_matcher_learns_from_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    appoint()
    result = accept()
    assert "200 → 203 of 260 (+3)" in result.stdout
    assert "900 → 899 of 1000 (-1)" in result.stdout
    assert result.stdout.endswith("Accepted.\n")
    assert signpost("learn", "list").stdout == "No suggestions.\n"
    monkeypatch.setattr("bot.app.matching.cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(compiled, "compile_words", lambda _scheme: small_model())
    scheme, _ = load_knowledge(load_settings())
    assert TEXT in scheme.topic("database-restore").phrases[Language.EN]
    files_alone, _ = load_knowledge(load_settings(), learned=False)
    assert TEXT not in files_alone.topic("database-restore").phrases[Language.EN]


def test_a_dry_run_shows_the_figures_and_keeps_nothing() -> None:
    appoint()
    result = accept("--dry-run")
    assert "200 → 203" in result.stdout
    assert result.stdout.endswith("Nothing was kept: this was a dry run.\n")
    assert "#1" in signpost("learn", "list").stdout


@pytest.mark.parametrize("command", ["accept", "refuse"])
@pytest.mark.parametrize("by", [EDITOR, ADMIN, DISTRIBUTOR])
def test_who_is_no_editor_changes_nothing(command: str, by: str) -> None:
    assert refused(signpost("learn", command, 1, "--by", by), f"{by}: is no editor")
    assert "#1" in signpost("learn", "list").stdout


def test_an_editor_refuses() -> None:
    appoint()
    assert signpost("learn", "refuse", 1, "--by", EDITOR).stdout == "Refused.\n"
    assert signpost("learn", "list").stdout == "No suggestions.\n"
    assert tomllib.loads(signpost("learn", "export").stdout) == {}


def test_what_was_accepted_can_be_taken_back() -> None:
    appoint()
    accept()
    assert signpost("learn", "refuse", 1, "--by", EDITOR).stdout.startswith("Taken back")
    assert tomllib.loads(signpost("learn", "export").stdout) == {}


def test_who_judged_and_when_is_shown_and_no_refused_text() -> None:
    assert signpost("learn", "list", "--judged").stdout == "Nothing was judged yet.\n"
    appoint()
    accept()
    shown = signpost("learn", "list", "--judged").stdout
    assert shown.startswith(f"#1  accepted by {EDITOR}, ")
    assert f"database-restore, en: “{TEXT}”" in shown
    signpost("learn", "refuse", 1, "--by", EDITOR)
    shown = signpost("learn", "list", "--judged").stdout
    assert f"taken back by {EDITOR}" in shown
    assert TEXT not in shown


def test_a_suggestion_that_is_none_is_one_plain_line() -> None:
    appoint()
    assert refused(signpost("learn", "accept", 7, "--by", EDITOR), "#7: is no open suggestion")
    assert refused(accept("--topic", "coffee"), "--topic coffee: no such topic; use one of")


def test_the_export_can_be_read_back(tmp_path: Path) -> None:
    appoint()
    accept()
    file = tmp_path / "learned.toml"
    assert signpost("learn", "export", file).exit_code == 0
    expected = {"database-restore": {"phrases": {"en": [TEXT]}}}
    assert tomllib.loads(file.read_text(encoding="utf-8")) == expected
    assert tomllib.loads(signpost("learn", "export").stdout) == expected


def test_an_export_does_not_write_over_a_file_unasked(tmp_path: Path) -> None:
    file = tmp_path / "learned.toml"
    file.write_text("mine")
    assert refused(signpost("learn", "export", file), "is there already")
    assert file.read_text() == "mine"
    assert signpost("learn", "export", file, "--force").exit_code == 0
    assert tomllib.loads(file.read_text(encoding="utf-8")) == {}


def test_editors_are_appointed_listed_and_dismissed() -> None:
    assert signpost("editors", "list").stdout == "No editors: signpost editors add WHO --by ADMIN.\n"
    assert signpost("editors", "add", EDITOR, "--by", ADMIN).stdout == f"{EDITOR} is an editor now.\n"
    assert signpost("editors", "add", EDITOR, "--by", ADMIN).stdout == f"{EDITOR} was an editor already.\n"
    assert f"Karl Winter, {EDITOR}: appointed by {ADMIN}, " in signpost("editors", "list").stdout
    assert signpost("editors", "remove", EDITOR, "--by", ADMIN).exit_code == 0
    assert signpost("editors", "list").stdout.startswith("No editors")


def test_an_appointment_against_the_rules_is_refused_with_the_reason() -> None:
    not_theirs = signpost("editors", "add", DISTRIBUTOR, "--by", ADMIN)
    assert refused(not_theirs, f"{DISTRIBUTOR}: is not of the manufacturer")
    assert refused(signpost("editors", "add", EDITOR, "--by", EDITOR), f"{EDITOR}: is no admin")
    assert refused(signpost("editors", "remove", EDITOR, "--by", ADMIN), f"{EDITOR}: is no editor")
    assert signpost("editors", "list").stdout.startswith("No editors")
