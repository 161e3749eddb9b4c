"""How a database stands: what `signpost db status` tells. Looking changes nothing."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, func, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from bot.storage.database import Database
from bot.storage.dumps import without_password
from bot.storage.schema import current_revision, known_revisions
from bot.storage.tables import InboxRow, OutboxRow


class Queue(Struct, frozen=True):
    """How many rows of a queue stand in which state, and since when the oldest of them waits."""

    name: str
    rows: dict[str, int]
    oldest_waits_since: datetime | None


class Condition(Struct, frozen=True):
    """A database as it stands. `revision` is `None` for an empty one.

    `pending` are the revisions it has to be upgraded to. `is_too_new`: a newer Signpost wrote it. `queues`
    are only read where nothing is pending. `faults` are what is broken, in the engine's words.
    """

    engine: str
    place: str
    size_bytes: int
    revision: str | None
    pending: tuple[str, ...] = ()
    is_too_new: bool = False
    queues: tuple[Queue, ...] = ()
    faults: tuple[str, ...] = ()


def exists(database: Database) -> bool:
    """Say whether there is a database to look at; a server is taken to have one."""
    return not database.is_sqlite or Path(database.url.database or "").is_file()


def condition_of(database: Database) -> Condition:
    """Look at a database. Raises `SQLAlchemyError` when a server does not answer."""
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            engine, size, faults = _look_at_server(connection)
        return _condition(database, engine, without_password(database.url), size, faults)
    engine, place = f"SQLite {sqlite3.sqlite_version}", database.url.database or ""
    size = _file_size(database)
    try:
        return _condition(database, engine, place, size, _faults_in_file(database))
    except (SQLAlchemyError, sqlite3.Error) as error:
        words = str(getattr(error, "orig", None) or error)
        return Condition(engine, place, size, None, faults=(words,))


def _condition(
    database: Database, engine: str, place: str, size_bytes: int, faults: tuple[str, ...]
) -> Condition:
    revision, known = current_revision(database), known_revisions()
    is_too_new = revision is not None and revision not in known
    done = known.index(revision) + 1 if revision in known else 0
    pending = () if is_too_new else known[done:]
    queues = () if pending or is_too_new else tuple(database.run(_queues))
    return Condition(engine, place, size_bytes, revision, pending, is_too_new, queues, faults)


def _queues(session: Session) -> list[Queue]:
    inbox, outbox = (
        dict(session.exec(select(table.state, func.count()).group_by(table.state)).all())
        for table in (InboxRow, OutboxRow)
    )
    received = select(func.min(InboxRow.received_at)).where(InboxRow.state == "waiting")
    queued = select(func.min(OutboxRow.queued_at)).where(col(OutboxRow.state).in_(("waiting", "sending")))
    return [
        Queue("inbox", inbox, session.exec(received).one()),
        Queue("outbox", outbox, session.exec(queued).one()),
    ]


def _look_at_server(connection: Connection) -> tuple[str, int, tuple[str, ...]]:
    version = connection.execute(text("SHOW server_version")).scalar_one()
    size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    broken = text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
    names = connection.execute(broken).scalars().all()
    faults = (f"the index {name} is not valid: REINDEX INDEX {name}" for name in names)
    return f"PostgreSQL {version}", int(size), tuple(faults)


def _faults_in_file(database: Database) -> tuple[str, ...]:
    """Read the whole file, outside any transaction of ours, so that nobody has to wait for it."""
    with closing(database.engine.raw_connection()) as pooled:
        connection = pooled.driver_connection
        assert connection is not None  # noqa: S101 - a fresh connection has one
        faults = [row[0] for row in connection.execute("PRAGMA quick_check(3)") if row[0] != "ok"]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(3)
    faults += [
        f"row {row_id} of {table} points to a row of {parent} that is not there"
        for table, row_id, parent, _ in orphans
    ]
    return tuple(faults)


def _file_size(database: Database) -> int:
    files = (Path(f"{database.url.database}{suffix}") for suffix in ("", "-wal"))
    return sum(file.stat().st_size for file in files if file.is_file())
