"""The short form: a few deaths on each engine, and two replicas. `README.md` says how to run the long one."""

from pathlib import Path

import pytest

from tests.engines import Engine, PostgresqlServer
from tests.faults.nursery import nursery
from tests.faults.replicas import Task, share
from tests.faults.replicas import table as shared_table
from tests.faults.stage import address
from tests.faults.storm import Storm, rage
from tests.faults.table import table

SEED = 1


async def weather(storm: Storm, folder: Path, engine: Engine) -> None:
    """Fail with the table, the seed and the command when anything is not as it must be."""
    with engine.lent() as database:
        async with nursery() as opened:
            outcome = await rage(storm, opened, folder, address(database))
    assert not outcome.faults, table(outcome)
    assert outcome.kills.total() >= storm.kills, table(outcome)
    assert outcome.findings.compared["questions"], table(outcome)


async def test_nothing_is_lost_or_doubled_by_a_bot_that_dies_and_dies(tmp_path: Path, engine: Engine) -> None:
    await weather(Storm(kills=3, seed=SEED, engine=engine.name, actors=4), tmp_path, engine)


async def test_of_two_replicas_one_dies_and_everything_is_done_once(
    tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    task = Task(reminders=12, questions=8, dies_after=5)
    with postgresql.lent() as database:
        async with nursery() as opened:
            done = await share(task, opened, tmp_path, address(database))
    assert not done.faults, shared_table(done)


@pytest.mark.exhaustive
async def test_nothing_is_lost_or_doubled_by_two_hundred_deaths(tmp_path: Path, engine: Engine) -> None:
    await weather(Storm(kills=200, seed=SEED, engine=engine.name), tmp_path, engine)
