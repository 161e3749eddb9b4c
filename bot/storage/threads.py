"""Use cases run in threads beside the event loop, one transaction each."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from bot.storage.database import Database, Isolation

Result = TypeVar("Result")
POSTGRESQL_THREADS = 4


class Transactions:
    """Runs use cases on one database. SQLite has one writer, so one thread; more would only wait for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        threads = 1 if database.is_sqlite else POSTGRESQL_THREADS
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="database")

    async def run(self, use_case: Callable[[Session], Result]) -> Result:
        """Run `use_case` in a transaction and return what it returned; what it raises rolls back.

        After a conflict with another transaction it runs again, as `Database.run` says.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._database.run, use_case)

    async def claim(self, use_case: Callable[[Session], Result]) -> Result:
        """Run a use case that takes rows nobody else has locked, and decides about those alone.

        Serialisable it would conflict with everybody who claims or adds rows, although they never touch the
        same ones.
        """
        claiming = partial(self._database.run, use_case, Isolation.READ_COMMITTED)
        return await asyncio.get_running_loop().run_in_executor(self._pool, claiming)

    def wait_for(self, use_case: Callable[[Session], Result]) -> Result:
        """Do as `run` does from a thread that may wait, which the event loop's must not."""
        return self._pool.submit(self._database.run, use_case).result()

    def close(self) -> None:
        """Wait for what is running, then end the threads."""
        self._pool.shutdown(wait=True)
