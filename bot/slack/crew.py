"""Doing several things beside each other, so that a slow one keeps nobody waiting."""

import asyncio
from collections.abc import Callable, Coroutine


class Crew:
    """Runs up to `size` coroutines at once; `on_done` is called after each. They must not raise."""

    def __init__(self, size: int, on_done: Callable[[], None]) -> None:
        self._size = size
        self._on_done = on_done
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def free(self) -> int:
        """How many more can be started."""
        return self._size - len(self._under_way)

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Start one more."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._done)

    async def finish(self) -> None:
        """Wait for all that is under way."""
        await asyncio.gather(*self._under_way)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._on_done()


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until `event` is set, but no longer than `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
