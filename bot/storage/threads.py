"""Use cases run in threads beside the event loop, one transaction each."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlmodel import Session

from bot.storage.database import Database

Result = TypeVar("Result")
POSTGRESQL_THREADS = 4


class Transactions:
    """Runs use cases on one database. SQLite has one writer, so one thread; more would only wait for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        threads = 1 if database.is_sqlite else POSTGRESQL_THREADS
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="database")

    async def run(self, use_case: Callable[[Session], Result]) -> Result:
        """Run `use_case` in a transaction and return what it returned; what it raises rolls back."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._transact, use_case)

    def close(self) -> None:
        """Wait for what is running, then end the threads."""
        self._pool.shutdown(wait=True)

    def _transact(self, use_case: Callable[[Session], Result]) -> Result:
        with self._database.transaction() as session:
            return use_case(session)
