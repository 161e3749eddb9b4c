"""The short form: a few deaths on SQLite, and two replicas on PostgreSQL. `README.md` has the long one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engines import Engine, PostgresqlServer, SqliteFiles
from tests.faults.nursery import Nursery, nursery
from tests.faults.replicas import Task, share
from tests.faults.replicas import table as shared_table
from tests.faults.stage import address
from tests.faults.storm import Storm, rage
from tests.faults.table import table

SEED = 1
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_nursery() -> AsyncIterator[Nursery]:
    """To open one costs more than all the lives of a test."""
    async with nursery() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def cradle(one_nursery: Nursery) -> AsyncIterator[Nursery]:
    """The nursery, in which nobody lives any more after a test."""
    yield one_nursery
    await one_nursery.kill_all()


async def weather(storm: Storm, cradle: Nursery, folder: Path, engine: Engine) -> None:
    """Fail with the table, the seed and the command when anything is not as it must be."""
    with engine.lent() as database:
        outcome = await rage(storm, cradle, folder, address(database))
    assert not outcome.faults, table(outcome)
    assert outcome.kills.total() >= storm.kills, table(outcome)
    assert outcome.findings.compared["questions"], table(outcome)


async def test_nothing_is_lost_or_doubled_by_a_bot_that_dies_and_dies(
    tmp_path: Path, cradle: Nursery, sqlite_files: SqliteFiles
) -> None:
    await weather(Storm(kills=3, seed=SEED, engine="sqlite", actors=4), cradle, tmp_path, sqlite_files)


async def test_of_two_replicas_one_dies_and_everything_is_done_once(
    tmp_path: Path, cradle: Nursery, postgresql: PostgresqlServer
) -> None:
    task = Task(reminders=12, questions=8, dies_after=5)
    with postgresql.lent() as database:
        done = await share(task, cradle, tmp_path, address(database))
    assert not done.faults, shared_table(done)


@pytest.mark.exhaustive
@pytest.mark.parametrize("everywhere", [False, True])
async def test_nothing_is_lost_or_doubled_by_two_hundred_deaths(
    tmp_path: Path, cradle: Nursery, engine: Engine, everywhere: bool
) -> None:
    storm = Storm(kills=200, seed=SEED, engine=engine.name, everywhere=everywhere)
    await weather(storm, cradle, tmp_path, engine)
