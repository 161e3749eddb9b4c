"""Use cases run in threads beside the event loop, one transaction each, and many to one wait for the disk."""

import asyncio
import itertools
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from queue import Empty, PriorityQueue
from threading import Thread
from typing import Any, TypeVar

from sqlmodel import Session

from bot.storage.at_once import AtOnce
from bot.storage.calls import Call, End, Turn, may_join, may_join_alike, tell
from bot.storage.database import Database, Isolation
from bot.storage.joint import as_one

Result = TypeVar("Result")
POSTGRESQL_THREADS = 4


class Transactions:
    """Runs use cases on one database. SQLite has one writer, so one thread; more would only wait for it.

    A commit waits for the disk, for milliseconds, and all that came meanwhile is committed as one. Nobody
    hears of a result before it is on the disk. To whoever wrote it each use case still is a transaction of
    its own: when one fails, all of its group begin again, each alone.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: PriorityQueue[Call] = PriorityQueue()
        self._numbers = itertools.count()
        self._is_closed = False
        count = 1 if database.is_sqlite else POSTGRESQL_THREADS
        self.threads = [Thread(target=self._work, name=f"database-{n}", daemon=True) for n in range(count)]
        for thread in self.threads:
            thread.start()
        self._at_once = AtOnce(database, self._has_some, self._waiting.put) if database.is_sqlite else None

    async def run(self, use_case: Callable[[Session], Result], *, is_brief: bool = False) -> Result:
        """Run `use_case` in a transaction and return what it returned; what it raises rolls back.

        It may run again, as `Database.run` says, and after another use case failed that shared its commit.
        What `is_brief`, a few milliseconds at most, may keep the event loop from everything else so long.
        """
        return await self._turn(Turn.AWAITED, use_case, is_brief=is_brief)

    async def run_behind(self, use_case: Callable[[Session], Result], *, is_brief: bool = False) -> Result:
        """Do as `run`, once nothing waits any more that somebody waits for."""
        return await self._turn(Turn.BEHIND, use_case, is_brief=is_brief)

    async def claim(self, use_case: Callable[[Session], Result], *, is_brief: bool = False) -> Result:
        """Do as `run_behind` for what locks the rows that it takes or notes, and decides about those alone.

        Serialisable it would conflict with everybody who claims or adds rows, although they never touch the
        same ones.
        """
        return await self._turn(Turn.BEHIND, use_case, Isolation.READ_COMMITTED, is_brief=is_brief)

    def wait_for(self, use_case: Callable[[Session], Result]) -> Result:
        """Do as `run` does from a thread that may wait, which the event loop's must not."""
        outcome = Future[Result]()
        self._refuse_when_closed()
        self._waiting.put(self._call(Turn.AWAITED, use_case, outcome))
        return outcome.result()

    def close(self) -> None:
        """Wait for what is running and waiting, then end the threads."""
        self._is_closed = True
        if self._at_once is not None:
            self._at_once.close()
        for _ in self.threads:
            self._waiting.put(self._call(Turn.END, lambda _session: None, Future[None]()))
        for thread in self.threads:
            thread.join()

    def _turn(
        self,
        turn: Turn,
        use_case: Callable[[Session], Result],
        isolation: Isolation = Isolation.SERIALIZABLE,
        *,
        is_brief: bool,
    ) -> asyncio.Future[Result]:
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Result] = loop.create_future()
        call = self._call(turn, use_case, outcome, isolation, loop)
        self._refuse_when_closed()
        if is_brief and self._at_once is not None:
            self._at_once.add(call)
        else:
            self._waiting.put(call)
        return outcome

    def _call(
        self,
        turn: Turn,
        use_case: Callable[[Session], Result],
        outcome: Future[Result] | asyncio.Future[Result],
        isolation: Isolation = Isolation.SERIALIZABLE,
        loop: AbstractEventLoop | None = None,
    ) -> Call:
        return Call(turn, next(self._numbers), use_case, isolation, outcome, loop)

    def _refuse_when_closed(self) -> None:
        if self._is_closed:
            raise RuntimeError("The database is closed already.")

    def _has_some(self) -> bool:
        """Say whether a call waits for the thread, or is run by it."""
        return self._waiting.unfinished_tasks > 0

    def _work(self) -> None:
        """Take calls until there comes an end."""
        while (call := self._waiting.get()).turn is not Turn.END:
            group = [call]
            if not call.outcome.cancelled():
                self._run_group(group)
            for _ in group:
                self._waiting.task_done()

    def _run_group(self, group: list[Call]) -> None:
        """Run the call of `group` in one transaction with those that wait behind it and can join it."""
        try:
            results = self._run_as_one(group)
        except BaseException as error:  # Whoever waits for it decides what it means.
            if len(group) == 1:
                tell([End(group[0], error=error)])
                return
            for call in group:
                self._run_alone(call)
        else:
            tell([End(call, result) for call, result in zip(group, results, strict=True)])

    def _run_as_one(self, group: list[Call]) -> Sequence[Any]:
        if self._database.is_sqlite:
            return self._database.run_together(self._joined_by(group, may_join))
        use_cases = list(self._joined_by(group, may_join_alike))
        return self._database.run(as_one(use_cases), group[0].isolation)

    def _joined_by(
        self, group: list[Call], may_join: Callable[[Call, Sequence[Call]], bool]
    ) -> Iterator[Callable[[Session], Any]]:
        """Give the use cases of `group`, then of those that wait, which join it."""
        yield from [call.use_case for call in group]
        while True:
            try:
                call = self._waiting.get_nowait()
            except Empty:
                return
            if not may_join(call, group):
                self._waiting.put(call)
                self._waiting.task_done()
                return
            if call.outcome.cancelled():
                self._waiting.task_done()
            else:
                group.append(call)
                yield call.use_case

    def _run_alone(self, call: Call) -> None:
        try:
            result = self._database.run(call.use_case, call.isolation)
        except BaseException as error:
            tell([End(call, error=error)])
        else:
            tell([End(call, result)])
