import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app.service import serve
from bot.app.trial import Trial, open_trial
from bot.playground import LocalSlack


@asynccontextmanager
async def serving(trial: Trial) -> AsyncIterator[None]:
    """Run the real bot in the trial's workspace, and stop it properly."""
    stop = asyncio.Event()
    task = asyncio.create_task(serve(trial.settings, stop, clock=trial.clock))
    connected = asyncio.create_task(trial.connected())
    await asyncio.wait([task, connected], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        connected.cancel()
        task.result()
    try:
        yield
    finally:
        stop.set()
        await task


@pytest.fixture
async def trial(tmp_path: Path) -> AsyncIterator[Trial]:
    async with open_trial(tmp_path) as opened, serving(opened):
        yield opened


@pytest.fixture
def slack(trial: Trial) -> LocalSlack:
    return trial.slack
