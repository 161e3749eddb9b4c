import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import event
from sqlalchemy.pool import Pool

from bot.services.sample import load_sample
from bot.storage.database import Database
from tests.engines import EMPTY, Engine, PostgresqlServer, SqliteFiles, hurry, hurrying, postgresql_server
from tests.read_once import reading_once

# No deadline: a busy machine is no fault of an example.
settings.register_profile("brief", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=1_000)
settings.load_profile("brief")


@pytest.fixture(autouse=True, scope="session")
def _plain_tracebacks() -> None:
    """Leave local values out of tracebacks: the scheme with all its phrases takes seconds to write down."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])


@pytest.fixture(autouse=True, scope="session")
def _hurried() -> Iterator[None]:
    with hurrying():
        yield


@pytest.fixture
def unhurried() -> Iterator[None]:
    """Let SQLite wait for the disk as the bot does."""
    event.remove(Pool, "checkout", hurry)
    yield
    event.listen(Pool, "checkout", hurry)


@pytest.fixture(autouse=True, scope="session")
def _read_once() -> Iterator[None]:
    with reading_once():
        yield


@pytest.fixture(autouse=True)
def _words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decide by words, so that no answer depends on how far a thread has come."""
    monkeypatch.setenv("USE_MEANING", "false")


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteFiles]:
    with closing(SqliteFiles(tmp_path_factory.mktemp("sqlite"))) as files:
        yield files


@pytest.fixture
def migrated_once(monkeypatch: pytest.MonkeyPatch, sqlite_files: SqliteFiles) -> None:
    """Let every new file begin with today's tables: to make them takes longer than most commands."""
    make_folder = Database.make_folder

    def make_folder_and_tables(database: Database) -> None:
        make_folder(database)
        if database.is_sqlite and not Path(str(database.url.database)).stat().st_size:
            sqlite_files.put(database, EMPTY)

    monkeypatch.setattr(Database, "make_folder", make_folder_and_tables)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    # Not in pytest's own folder: root's server runs as another user, and pytest shuts that folder to others.
    with (
        tempfile.TemporaryDirectory(prefix="signpost-", ignore_cleanup_errors=True) as folder,
        postgresql_server(Path(folder)) as server,
    ):
        yield server


@pytest.fixture(params=["sqlite_files", "postgresql"], ids=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each of the two engines in turn."""
    chosen: Engine = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def database(engine: Engine) -> Iterator[Database]:
    """A real, empty, migrated database of this test's own, on each engine."""
    with engine.lent() as lent:
        yield lent


@pytest.fixture
def sqlite_database(sqlite_files: SqliteFiles) -> Iterator[Database]:
    """The same, for what is SQLite's own."""
    with sqlite_files.lent() as lent:
        yield lent


@pytest.fixture
def postgresql_database(postgresql: PostgresqlServer) -> Iterator[Database]:
    """The same, for what is PostgreSQL's own."""
    with postgresql.lent() as lent:
        yield lent


@pytest.fixture
def sample_database(engine: Engine, database: Database) -> Database:
    """The same, with the sample companies, which are loaded once for each engine."""
    engine.fill(database, "sample", lambda: database.run(load_sample))
    return database
