import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.database import db
from bot.storage.schema import newest_revision


@pytest.fixture(autouse=True)
def _migrated() -> None:
    """Here the tables are made each time."""


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'data' / 'signpost.db'}")
    return tmp_path / "data" / "signpost.db"


def signpost(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(db, list(arguments), input=answer, catch_exceptions=False)


@pytest.fixture
def made(path: Path) -> Path:
    assert signpost("upgrade").exit_code == 0
    return path


def ahead(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def test_where_there_is_no_database_looking_makes_none(path: Path) -> None:
    looked = signpost("status")
    assert (looked.exit_code, looked.stdout) == (1, "")
    assert "signpost db upgrade makes it" in looked.stderr
    assert not path.parent.exists()


def test_upgrading_says_from_where_to_where(path: Path) -> None:
    assert signpost("upgrade").stdout == f"Upgraded from nothing to {newest_revision()}.\n"
    assert signpost("upgrade").stdout == f"The schema stands at {newest_revision()}: nothing to do.\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_status_fits_on_a_screen(made: Path) -> None:
    looked = signpost("status")
    assert looked.exit_code == 0
    lines = looked.stdout.splitlines()
    assert f"Place:     {made}" in lines
    assert f"Schema:    {newest_revision()}, the newest" in lines
    assert "Outbox:    empty" in lines
    assert lines[-1] == "Integrity: nothing broken was found."


def test_a_newer_schema_is_refused_by_all_and_nothing_is_changed(made: Path) -> None:
    ahead(made)
    assert signpost("status").exit_code == 1
    upgraded = signpost("upgrade")
    assert upgraded.exit_code == 1
    assert "Install the newer Signpost" in upgraded.stderr
    copied = signpost("backup", "copy.db")
    assert copied.exit_code == 1
    assert "schema 9999" in copied.stderr


def test_a_damaged_database_is_told_with_what_to_do(made: Path) -> None:
    made.write_bytes(b"a shopping list " * 1000)
    looked = signpost("status")
    assert looked.exit_code == 1
    assert "Broken:    file is not a database" in looked.stdout
    assert "signpost db restore FILE" in looked.stdout


def test_a_backup_can_be_restored_and_is_not_written_over(made: Path) -> None:
    copied = signpost("backup", "copy.db")
    assert copied.stdout.startswith("Copied to copy.db: ")
    assert copied.stdout.endswith(f"schema {newest_revision()}, checked.\n")
    again = signpost("backup", "copy.db")
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert signpost("backup", "copy.db", "--force").exit_code == 0
    made.write_bytes(b"a shopping list")
    restored = signpost("restore", "copy.db", "--yes")
    assert restored.exit_code == 0, restored.stderr
    assert "is kept as" in restored.stdout
    assert signpost("status").exit_code == 0


def test_a_restore_asks_first(made: Path) -> None:
    signpost("backup", "copy.db")
    before = made.stat().st_ino
    refused = signpost("restore", "copy.db", answer="n\n")
    assert refused.exit_code == 1
    assert "in the place of" in refused.stdout
    assert made.stat().st_ino == before
    assert signpost("restore", "copy.db", answer="y\n").exit_code == 0
    assert made.stat().st_ino != before


def test_a_wrong_file_is_refused_before_anything_is_asked(made: Path, tmp_path: Path) -> None:
    (tmp_path / "list.db").write_text("a shopping list")
    refused = signpost("restore", "list.db")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "list.db is no database" in refused.stderr
    assert made.exists()


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_for_postgresql_the_commands_are_told_without_the_password(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://bot:s3cr%40t@db.example/signpost")
    told = signpost(command, "signpost.dump")
    assert told.exit_code == 0
    assert "pg_dump --format=custom" in told.stdout
    assert "pg_restore --clean" in told.stdout
    assert "postgresql://bot@db.example/signpost" in told.stdout
    assert "s3cr" not in told.output


def test_a_server_that_does_not_answer_is_one_line_without_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://bot:s3cr%40t@127.0.0.1:9/signpost")
    told = signpost("status")
    assert told.exit_code == 1
    assert told.stderr.startswith("Database: ")
    assert len(told.stderr.splitlines()) == 1
    assert "s3cr" not in told.output
