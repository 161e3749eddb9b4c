"""How Slack's payloads reach the app: over a socket that we open, or over HTTP that Slack calls."""

import asyncio
from typing import Protocol


class Door(Protocol):
    """A way in for payloads."""

    async def open(self) -> str:
        """Begin to take payloads; return the address to give to Slack, empty where it needs none."""
        ...

    async def close(self) -> None:
        """Take no more payloads; what is being taken is finished."""
        ...

    async def fault(self) -> str:
        """Say why payloads do not come in now, in a few words; empty while they do."""
        ...


class UnderWay:
    """Counts what is being taken, so that a door closes after the last of it."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        self._count += 1
        self._idle.clear()

    def __exit__(self, *_error: object) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()

    async def finished(self, within_seconds: float) -> None:
        """Wait until nothing is under way, but no longer than so many seconds."""
        try:
            async with asyncio.timeout(within_seconds):
                await self._idle.wait()
        except TimeoutError:
            pass
