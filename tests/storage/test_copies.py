import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.storage.copies import Copy, CopyError, back_up, examine
from bot.storage.database import Database
from bot.storage.schema import newest_revision

PAIRS = "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM outbox)"
WRITER = """
import sqlite3, sys
live = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
INBOX = "(key, kind, workspace_id, content, state, attempts, not_before, received_at, reference)"
OUTBOX = ("(key, workspace_id, lane, method, content, state, attempts, not_before, queued_at,"
          " dispatched_ts, error)")
for number in range(10**9):
    live.execute("BEGIN IMMEDIATE")
    done = "VALUES (?, 'asked', 'T', '{}', 'done', 0, '', '', '')"
    live.execute(f"INSERT INTO inbox {INBOX} {done}", [number])
    sent = "VALUES (?, 'T', 'C', 'm', '{}', 'sent', 0, '', '', '', '')"
    live.execute(f"INSERT INTO outbox {OUTBOX} {sent}", [number])
    live.execute("COMMIT")
    if number == 0:
        print("writing", flush=True)
"""
"""Writes a row of each queue in every transaction, until it is killed."""
SLOW_COPY = """
import sys
from pathlib import Path
from bot.storage.copies import back_up
def watch(done, total):
    print("copying", flush=True)
    sys.stdin.readline()
back_up(Path(sys.argv[1]), Path(sys.argv[2]), watch=watch)
"""


def path_of(database: Database) -> Path:
    return Path(database.url.database or "")


@pytest.fixture
def live(sqlite_database: Database) -> Path:
    """A database of more pages than are copied at once."""
    path = path_of(sqlite_database)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO learned_phrase (topic, language, text, accepted_by, refused_by) "
            "VALUES ('t', 'en', hex(randomblob(2500000)), '', '')"
        )
    return path


def counts(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as connection:
        found: tuple[int, int] = connection.execute(PAIRS).fetchone()
    return found


@contextmanager
def somebody_writing(path: Path) -> Iterator[None]:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        yield
    finally:
        writer.kill()
        writer.communicate()


def test_a_copy_made_while_somebody_writes_is_of_one_moment_and_holds_nobody_up(
    live: Path, tmp_path: Path
) -> None:
    written_meanwhile: list[int] = []

    def wait_for_writes(_done: int, _total: int) -> None:
        before = counts(live)[0]
        while counts(live)[0] < before + 3:
            pass
        written_meanwhile.append(counts(live)[0] - before)
        assert len(written_meanwhile) < 20, "it begins again with every write"

    with somebody_writing(live):
        copy = back_up(live, tmp_path / "copy.db", watch=wait_for_writes)
    assert len(written_meanwhile) >= 2
    inbox, outbox = counts(copy.path)
    assert inbox == outbox >= 1
    assert counts(live)[0] >= inbox + sum(written_meanwhile) - 1


def test_a_copy_is_one_file_that_only_its_owner_can_read(live: Path, tmp_path: Path) -> None:
    copy = back_up(live, tmp_path / "copy.db")
    assert copy == Copy(tmp_path / "copy.db", newest_revision(), copy.path.stat().st_size)
    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["copy.db"]
    assert examine(copy.path) == copy


def test_a_file_is_written_over_only_when_that_is_meant(live: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    with pytest.raises(CopyError, match=r"is there already: .* --force"):
        back_up(live, target)
    assert target.read_text() == "mine"
    back_up(live, target, overwrite=True)
    assert examine(target).revision == newest_revision()


def test_a_file_that_somebody_made_meanwhile_is_not_written_over(live: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"

    def make_it(_done: int, _total: int) -> None:
        target.write_text("mine")

    with pytest.raises(CopyError, match="made by somebody else meanwhile"):
        back_up(live, target, watch=make_it)
    assert target.read_text() == "mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["copy.db"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_the_database_is_never_copied_over_itself(live: Path, *, overwrite: bool) -> None:
    with pytest.raises(CopyError):
        back_up(live, live, overwrite=overwrite)
    examine(live)


def test_an_interrupted_copy_leaves_nothing(live: Path, tmp_path: Path) -> None:
    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(live, tmp_path / "copy.db", watch=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_copy_whose_process_was_killed_has_not_its_name_and_can_be_made_again(
    live: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_COPY, live, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"copying\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert "copy.db.part" in [entry.name for entry in tmp_path.iterdir()]
    assert not target.exists()
    with pytest.raises(CopyError, match=r"one was interrupted\. Remove it, or use --force"):
        back_up(live, target)
    back_up(live, target, overwrite=True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["copy.db"]


@contextmanager
def files_no_larger_than(size_bytes: int) -> Iterator[None]:
    """Let every write beyond this fail, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_up_leaves_nothing_and_is_told(live: Path, tmp_path: Path) -> None:
    with files_no_larger_than(1_000_000), pytest.raises(CopyError, match="could not be copied to"):
        back_up(live, tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []
    back_up(live, tmp_path / "copy.db")


def test_a_folder_that_is_not_there_is_told(live: Path, tmp_path: Path) -> None:
    with pytest.raises(CopyError, match=r"nowhere/copy\.db\.part: No such file"):
        back_up(live, tmp_path / "nowhere" / "copy.db")


def test_a_damaged_database_gives_no_copy(live: Path, tmp_path: Path) -> None:
    damage(live)
    with pytest.raises(CopyError, match=r"damaged|malformed"):
        back_up(live, tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def damage(path: Path) -> None:
    """Write over the inner pages of a database."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("rb+") as stream:
        for page in range(2, 40):
            stream.seek(page * 4096)
            stream.write(os.urandom(4096))


def changed(path: Path, statement: str) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)
    return path


def test_what_is_no_whole_database_of_ours_is_refused_with_the_reason(live: Path, tmp_path: Path) -> None:
    def refusal(path: Path) -> str:
        with pytest.raises(CopyError) as refused:
            examine(path)
        return str(refused.value)

    text, other, cut = tmp_path / "text.db", tmp_path / "other.db", tmp_path / "cut.db"
    text.write_text("a shopping list " * 100)
    changed(other, "CREATE TABLE recipes (id)")
    cut.write_bytes(live.read_bytes()[:100_000])
    assert "there is no such file" in refusal(tmp_path / "nowhere.db")
    assert "is no database" in refusal(text)
    assert "is no database of Signpost's" in refusal(other)
    assert "damaged" in refusal(cut)
    back_up(live, tmp_path / "newer.db")
    newer = changed(tmp_path / "newer.db", "UPDATE alembic_version SET version_num = '9999'")
    assert "schema 9999, which this version does not know" in refusal(newer)
    back_up(live, tmp_path / "orphan.db")
    orphan = changed(tmp_path / "orphan.db", "INSERT INTO practice_domain VALUES ('a.example', 99)")
    assert "rows point to others that are not there" in refusal(orphan)
