from collections.abc import Iterator

import pytest

from bot.app.trial import Transport
from tests.engines import Engine, PostgresqlServer, SqliteFiles
from tests.fuzz.world import World
from tests.scenarios.conftest import address


@pytest.fixture(scope="session")
def world(sqlite_files: SqliteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The workspace on SQLite, over a socket; one for all tests here, which change nothing in it."""
    yield from opened(sqlite_files, "socket", tmp_path_factory)


@pytest.fixture(scope="session")
def world_over_http(
    postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The workspace on PostgreSQL, over HTTP."""
    yield from opened(postgresql, "http", tmp_path_factory)


def opened(engine: Engine, transport: Transport, folders: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch, engine.lent() as database:
        patch.setenv("USE_MEANING", "false")
        with World(folders.mktemp("world"), address(database), transport) as world:
            yield world
