import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import event

from bot.storage import restoring
from bot.storage.copies import CopyError, back_up, examine
from bot.storage.database import Database
from bot.storage.restoring import Restored, restore
from bot.storage.schema import Upgraded, _config, current_revision, known_revisions, newest_revision
from tests.storage.test_copies import damage

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OLD, BACKUP, UNSETTLED = 1, 2, 3


@pytest.fixture
def target(tmp_path: Path, sqlite_database: Database) -> Path:
    """A database that nobody has open."""
    path = tmp_path / "live" / "signpost.db"
    path.parent.mkdir()
    shutil.copy(str(sqlite_database.url.database), path)
    mark(path, OLD)
    return path


@pytest.fixture
def backup(target: Path, tmp_path: Path) -> Path:
    """A copy that says it is the backup."""
    back_up(target, tmp_path / "backup.db")
    mark(tmp_path / "backup.db", BACKUP)
    return tmp_path / "backup.db"


def mark(path: Path, number: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("REPLACE INTO reference VALUES (1, ?)", [number])


def mark_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT last FROM reference").fetchone()[0])


def test_a_backup_takes_the_place_of_the_database_which_is_kept(backup: Path, target: Path) -> None:
    done = restore(backup, target, NOW)
    newest = newest_revision()
    kept = target.with_name("signpost.db.replaced-20261124T090000Z")
    assert done == Restored(examine(backup), Upgraded(newest, newest), kept)
    assert (mark_in(target), mark_in(kept), mark_in(backup)) == (BACKUP, OLD, BACKUP)
    assert sorted(entry.name for entry in target.parent.iterdir()) == ["signpost.db", kept.name]


def test_where_there_was_nothing_a_backup_is_put_for_its_owner_alone(backup: Path, tmp_path: Path) -> None:
    target = tmp_path / "new.db"
    assert restore(backup, target, NOW).replaced is None
    assert mark_in(target) == BACKUP
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_whoever_could_open_the_database_can_open_the_restored_one(backup: Path, target: Path) -> None:
    target.chmod(0o640)
    restore(backup, target, NOW)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


IDLE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM reference").fetchone()
print("open", flush=True)
sys.stdin.readline()
"""


def test_a_database_that_somebody_has_open_without_using_it_is_left_alone(backup: Path, target: Path) -> None:
    bot = subprocess.Popen(
        [sys.executable, "-c", IDLE, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert bot.stdout is not None
    assert bot.stdout.readline() == b"open\n"
    with pytest.raises(CopyError, match="is open in another process: stop the bot"):
        restore(backup, target, NOW)
    bot.communicate(b"go\n")
    assert mark_in(target) == OLD
    assert not list(target.parent.glob("*.replaced-*"))
    restore(backup, target, NOW)


def test_what_a_killed_bot_left_in_its_log_is_kept_with_the_old_database(backup: Path, target: Path) -> None:
    writing = sqlite3.connect(target, isolation_level=None)
    writing.execute("UPDATE reference SET last = 3")
    crashed = [(name, Path(f"{target}{name}").read_bytes()) for name in ("", "-wal")]
    writing.close()
    for name, content in crashed:
        Path(f"{target}{name}").write_bytes(content)
    done = restore(backup, target, NOW)
    assert done.replaced is not None
    assert (mark_in(target), mark_in(done.replaced)) == (BACKUP, UNSETTLED)


def test_a_damaged_database_is_kept_as_it_is_and_replaced(backup: Path, target: Path) -> None:
    damage(target)
    Path(f"{target}-wal").write_bytes(b"what was left of a log")
    before = target.read_bytes()
    done = restore(backup, target, NOW)
    assert mark_in(target) == BACKUP
    assert done.replaced is not None
    assert done.replaced.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"a shopping list" * 1000])
def test_a_wrong_file_changes_nothing(content: bytes, target: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.db"
    wrong.write_bytes(content)
    with pytest.raises(CopyError):
        restore(wrong, target, NOW)
    assert mark_in(target) == OLD
    assert [entry.name for entry in target.parent.iterdir()] == ["signpost.db"]


def test_a_backup_of_a_newer_version_changes_nothing(backup: Path, target: Path) -> None:
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CopyError, match="schema 9999"):
        restore(backup, target, NOW)
    assert mark_in(target) == OLD


@pytest.fixture
def first_backup(tmp_path: Path) -> Path:
    """A backup of the first version's."""
    path = tmp_path / "first.db"
    database = Database(f"sqlite:///{path}")
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), known_revisions()[0])
    database.close()
    return path


def test_an_older_backup_is_upgraded_and_stays_itself_as_it_was(first_backup: Path, target: Path) -> None:
    first = known_revisions()[0]
    assert restore(first_backup, target, NOW).upgraded == Upgraded(first, newest_revision())
    assert examine(first_backup).revision == first
    database = Database(f"sqlite:///{target}")
    assert current_revision(database) == newest_revision()
    database.close()


def test_where_the_disk_is_too_full_to_upgrade_nothing_is_replaced(
    first_backup: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OnAFullDisk(Database):
        def __init__(self, url: str) -> None:
            super().__init__(url)
            event.listen(self.engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count = 90"))

    monkeypatch.setattr(restoring, "Database", OnAFullDisk)
    with pytest.raises(CopyError, match=r"could not be upgraded: .*full"):
        restore(first_backup, target, NOW)
    assert mark_in(target) == OLD
    assert [entry.name for entry in target.parent.iterdir()] == ["signpost.db"]


def test_a_restore_that_is_interrupted_changes_nothing(backup: Path, target: Path) -> None:
    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(backup, target, NOW, watch=interrupt)
    assert mark_in(target) == OLD
    assert [entry.name for entry in target.parent.iterdir()] == ["signpost.db"]
