"""SQLite whose transactions take the writing lock as they begin: none changes what another has read."""

import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

BUSY_TIMEOUT_SECONDS = 20


class ImmediateDialect(SQLiteDialect_pysqlite):
    """Begins transactions itself: were it a listener of the engine, every statement would be slower."""

    driver = "immediate"
    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Wait for other writers, unless `lock_at_once` did away with that."""
        if not dbapi_connection.in_transaction:
            dbapi_connection.execute("BEGIN IMMEDIATE")


registry.register("sqlite.immediate", __name__, ImmediateDialect.__name__)


def sqlite_engine(url: URL) -> Engine:
    """Make an engine for a SQLite file, or for memory."""
    arguments = {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    # What is stored must not turn up in error messages, which are logged.
    engine = create_engine(
        url.set(drivername="sqlite+immediate"), connect_args=arguments, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare)
    return engine


def lock_at_once(connection: Connection) -> None:
    """Take the writing lock for the next transaction of a connection, which has none.

    Raises `sqlite3.OperationalError` when somebody else writes just then.
    """
    driver: Any = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - it is asked for on SQLite only
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        driver.execute("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")


def _prepare(connection: Any, _record: Any) -> None:
    # Python's driver would begin transactions on its own, and in a mode that loses updates silently.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
