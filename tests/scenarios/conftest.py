import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app.service import serve
from bot.app.trial import Transport, Trial, open_trial
from bot.playground import LocalSlack


@asynccontextmanager
async def serving(trial: Trial) -> AsyncIterator[None]:
    """Run the real bot in the trial's workspace, and stop it properly."""
    stop, ready = asyncio.Event(), asyncio.Event()

    def on_ready(address: str) -> None:
        trial.slack.request_url = address
        ready.set()

    http_port = None if trial.transport == "socket" else 0
    task = asyncio.create_task(
        serve(trial.settings, stop, clock=trial.clock, http_port=http_port, ready=on_ready)
    )
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        waiting.cancel()
        task.result()
    await trial.connected()
    try:
        yield
    finally:
        stop.set()
        await task


@dataclass(frozen=True)
class Stage:
    """Where the stories are played: how Slack reaches the bot, and what the bot writes to."""

    transport: Transport
    database_url: str


@pytest.fixture(params=["socket-sqlite", "http-sqlite", "socket-postgresql"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Every story is told over both transports and on both engines."""
    transport, _, engine_name = request.param.partition("-")
    engine = request.getfixturevalue("postgresql" if engine_name == "postgresql" else "sqlite_files")
    url = engine.new_url()
    yield Stage(transport, url)
    engine.drop(url)


@pytest.fixture
async def trial(tmp_path: Path, stage: Stage) -> AsyncIterator[Trial]:
    opening = open_trial(tmp_path, transport=stage.transport, database_url=stage.database_url)
    async with opening as opened, serving(opened):
        yield opened


@pytest.fixture
def slack(trial: Trial) -> LocalSlack:
    return trial.slack


LONG_STORIES = ("renewal", "reminders", "escalat", "editing")
"""Parts of the names of files whose stories every run tells on one stage, and a long one on all three."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the long stories on the other stages to `pytest -m exhaustive`."""
    for item in items:
        is_long = item.path.parent == Path(__file__).parent and any(
            part in item.path.name for part in LONG_STORIES
        )
        if is_long and ("[socket-sqlite" in item.name or "[http-sqlite" in item.name):
            item.add_marker(pytest.mark.exhaustive)
