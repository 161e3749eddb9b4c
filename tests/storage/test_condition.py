from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from msgspec.structs import replace
from sqlalchemy import text

from bot.storage.condition import Queue, _faults_in_file, condition_of, exists
from bot.storage.database import Database
from bot.storage.queries import inbox, outbox
from bot.storage.queries.inbox import Arrived
from bot.storage.schema import _config, known_revisions, newest_revision
from bot.storage.tables import InboxRow
from tests.storage.test_copies import changed, damage, path_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def fill(database: Database) -> None:
    with database.transaction() as session:
        for minutes, state in ((0, "done"), (1, "waiting"), (2, "waiting"), (3, "failed")):
            at = NOW + timedelta(minutes=minutes)
            inbox.add(session, [Arrived(f"{minutes}", "asked", "T1", {})], at)
            session.get_one(InboxRow, minutes + 1).state = state
        outbox.add(session, key="k", workspace_id="T1", lane="C1", method="m", content={}, now=NOW)


def test_it_tells_the_engine_the_schema_and_what_waits(database: Database) -> None:
    fill(database)
    found = condition_of(database)
    assert found.engine.startswith("SQLite 3" if database.is_sqlite else "PostgreSQL 1")
    assert (found.revision, found.pending, found.is_too_new) == (newest_revision(), (), False)
    assert found.size_bytes > 100_000
    assert found.faults == ()
    assert found.queues == (
        Queue("inbox", {"done": 1, "waiting": 2, "failed": 1}, NOW + timedelta(minutes=1)),
        Queue("outbox", {"waiting": 1}, NOW),
    )


def test_looking_waits_for_nobody_who_reads_the_whole_file(sqlite_database: Database) -> None:
    """Looking for damage takes long, and must not take the place of whoever writes."""
    fill(sqlite_database)
    other = Database(str(sqlite_database.url))
    with other.transaction() as session:
        session.get_one(InboxRow, 1).state = "failed"
        assert _faults_in_file(sqlite_database) == ()
    other.close()


def test_an_empty_database_has_everything_pending(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    assert not exists(database)
    found = condition_of(database)
    assert (found.revision, found.pending, found.queues) == (None, known_revisions(), ())
    database.close()


def test_an_older_schema_tells_what_is_pending_and_reads_no_tables_it_may_not_have(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    first, *later = known_revisions()
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), first)
    found = condition_of(database)
    assert (found.revision, found.pending, found.queues) == (first, tuple(later), ())
    database.close()


def test_a_newer_schema_is_told(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    found = condition_of(database)
    assert (found.revision, found.pending, found.is_too_new, found.queues) == ("9999", (), True, ())


def test_damage_and_rows_that_point_nowhere_are_told(sqlite_database: Database) -> None:
    whole = condition_of(sqlite_database)
    changed(path_of(sqlite_database), "INSERT INTO practice_domain VALUES ('a.example', 99)")
    (fault,) = condition_of(sqlite_database).faults
    assert fault == "row 1 of practice_domain points to a row of practice that is not there"
    sqlite_database.close()
    damage(path_of(sqlite_database))
    broken = condition_of(sqlite_database)
    assert broken.faults
    assert broken.place == whole.place


def test_what_is_no_database_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "list.db"
    path.write_text("a shopping list " * 100)
    database = Database(f"sqlite:///{path}")
    found = condition_of(database)
    assert found == replace(found, revision=None, faults=("file is not a database",))
    assert path.read_text().startswith("a shopping list")
    database.close()


def test_an_index_that_postgresql_gave_up_is_told(postgresql_database: Database) -> None:
    mark = "UPDATE pg_index SET indisvalid = {} WHERE indexrelid = 'ix_inbox_received_at'::regclass"
    with postgresql_database.engine.begin() as connection:
        connection.execute(text(mark.format("false")))
    assert condition_of(postgresql_database).faults == (
        "the index ix_inbox_received_at is not valid: REINDEX INDEX ix_inbox_received_at",
    )
    with postgresql_database.engine.begin() as connection:
        connection.execute(text(mark.format("true")))
