"""Brief use cases run on the event loop itself; only their commit, which waits for the disk, does not."""

import sqlite3
from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from heapq import heappop, heappush
from threading import Lock
from typing import Any

from bot.storage.calls import Call, End, may_join
from bot.storage.database import Database, Shared


class AtOnce:
    """Runs brief use cases on a SQLite database where they are asked for.

    A thread that runs them beside the event loop takes Python from it, and waits for it, at every statement,
    which costs more than a brief use case. Here nothing ever waits on the loop: where somebody else writes
    just then, or something fails, `otherwise` gets the calls. `is_taken` says that it has some already,
    which the others join. While a commit waits for the disk, what comes is gathered, and committed as one.
    """

    def __init__(
        self, database: Database, is_taken: Callable[[], bool], otherwise: Callable[[Call], None]
    ) -> None:
        self._database = database
        self._is_taken = is_taken
        self._otherwise = otherwise
        self._waiting: list[Call] = []
        self._loop: AbstractEventLoop | None = None
        self._is_busy = False
        self._running = Lock()
        self._committer = ThreadPoolExecutor(1, "database-commit")

    def add(self, call: Call) -> None:
        """Take a call of the running loop; its caller hears of the end when it is on the disk."""
        if call.loop is not self._loop:
            self._give_away()
            self._loop, self._is_busy = call.loop, False
        heappush(self._waiting, call)
        if not self._is_busy:
            self._go_on_soon()

    def close(self) -> None:
        """Give away what waits, and wait for the commit that is under way."""
        self._give_away()
        self._committer.shutdown(wait=True)

    def _give_away(self) -> None:
        with self._running:
            while self._waiting:
                self._otherwise(heappop(self._waiting))

    def _go_on_soon(self) -> None:
        assert self._loop is not None  # noqa: S101 - whoever has a call has its loop
        self._is_busy = True
        self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        if self._waiting and self._is_taken():
            self._give_away()
        with self._running:
            group = self._next_group()
            self._is_busy = bool(group) and self._run(group)
        if self._waiting and not self._is_busy:
            self._go_on_soon()

    def _next_group(self) -> list[Call]:
        group: list[Call] = []
        while self._waiting and may_join(self._waiting[0], group):
            call = heappop(self._waiting)
            if not call.outcome.cancelled():
                group.append(call)
        return group

    def _run(self, group: Sequence[Call]) -> bool:
        """Run a group and let it be committed; return whether it is under way."""
        try:
            shared = self._database.begin_at_once()
        except sqlite3.OperationalError:
            self._run_otherwise(group)
            return False
        try:
            results = shared.run_all([call.use_case for call in group])
        except BaseException as error:
            shared.roll_back()
            if not isinstance(error, Exception):
                raise
            self._run_otherwise(group)
            return False
        self._committer.submit(self._commit, shared, group, results)
        return True

    def _run_otherwise(self, group: Sequence[Call]) -> None:
        for call in group:
            self._otherwise(call)

    def _commit(self, shared: Shared, group: Sequence[Call], results: Sequence[Any]) -> None:
        ends = [End(call, result) for call, result in zip(group, results, strict=True)]
        try:
            shared.commit()
        except Exception:
            self._run_otherwise(group)
            ends = []
        loop = group[0].loop
        assert loop is not None  # noqa: S101 - only a coroutine's calls come here
        with suppress(RuntimeError):  # The loop is closed, so nobody waits any more.
            loop.call_soon_threadsafe(self._committed, loop, ends)

    def _committed(self, loop: AbstractEventLoop, ends: Sequence[End]) -> None:
        """Tell the callers, and go on when they have had their turn: what they ask for then comes along."""
        for end in ends:
            end.tell()
        if loop is self._loop:
            self._go_on_soon()
