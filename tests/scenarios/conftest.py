import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import get_args

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


@pytest.fixture(params=get_args(Transport))
def transport(request: pytest.FixtureRequest) -> Transport:
    """Every story is told over both transports."""
    chosen: Transport = request.param
    return chosen


@pytest.fixture
async def trial(tmp_path: Path, transport: Transport) -> AsyncIterator[Trial]:
    async with open_trial(tmp_path, transport=transport) as opened, serving(opened):
        yield opened


@pytest.fixture
def slack(trial: Trial) -> LocalSlack:
    return trial.slack
