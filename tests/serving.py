"""The real bot, run by a test for as long as a block lasts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.app.service import serve
from bot.domain.clock import Clock
from bot.settings import Settings


@asynccontextmanager
async def bot_serving(
    settings: Settings, clock: Clock, http_port: int | None, reached_at: Callable[[str], None]
) -> AsyncIterator[None]:
    """Run the bot, tell where Slack reaches it once it is ready, and stop it properly.

    Raises what kept it from becoming ready.
    """
    stop, ready = asyncio.Event(), asyncio.Event()

    def on_ready(address: str) -> None:
        reached_at(address)
        ready.set()

    task = asyncio.create_task(serve(settings, stop, clock=clock, http_port=http_port, ready=on_ready))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        waiting.cancel()
        task.result()
    try:
        yield
    finally:
        stop.set()
        await task
