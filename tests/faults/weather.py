"""What goes wrong around the bot, one thing after the other, as chance has it."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

import psycopg

from bot.playground.faults import FaultsOnDemand
from tests.faults.stage import Stage

CALLS = ("*", "chat.postMessage", "chat.postMessage", "chat.update", "users.info", "conversations.replies")
LOCKED_TABLES = "inbox, outbox, escalation"


class Weather:
    """Faults of Slack, of the network, of the database and of the clock; `seen` counts them."""

    def __init__(self, stage: Stage, chance: Random) -> None:
        self._stage, self._chance = stage, chance
        self.seen: Counter[str] = Counter()
        self._kinds: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("429", self._storm),
            ("500", self._break),
            ("connection closed before the effect", self._hang_up),
            ("no answer after the effect", self._store_and_hang_up),
            ("500 after the effect", self._store_and_break),
            ("slow answers", self._slow),
            ("event twice", self._duplicate),
            ("events in another order", self._reorder),
            ("event lost on its way", self._lose),
            ("acknowledgement lost", self._deafen),
            ("socket refreshed", self._refresh),
            ("socket cut", self._cut),
            ("database locked", self._lock),
            ("clock forward", self._forward),
            ("clock back", self._back),
            self._disk_or_connections(),
        ]

    async def rage(self) -> None:
        """Let faults happen until cancelled; while nobody is there to whom they could, they wait."""
        while True:
            await asyncio.sleep(self._chance.uniform(0.1, 0.6))
            if not self._stage.is_up:
                continue
            name, happen = self._chance.choice(self._kinds)
            self.seen[name] += 1
            await happen()

    def calm(self) -> None:
        """End all that goes wrong."""
        self._stage.slack.faults.clear()
        self._stage.levers.is_disk_full = False
        self._stage.set_bot_clock_wrong(0)

    # -- Slack and the network

    async def _storm(self) -> None:
        self._faults.storm(self._call(), times=self._chance.randint(1, 4), retry_after_seconds=1)

    async def _break(self) -> None:
        self._faults.breaks(self._call(), times=self._chance.randint(1, 3))

    async def _hang_up(self) -> None:
        self._faults.hangs_up(self._call(), times=self._chance.randint(1, 2))

    async def _store_and_hang_up(self) -> None:
        self._faults.stores_then_hangs_up(hang_seconds=self._chance.choice((0.0, 0.0, 0.3)))

    async def _store_and_break(self) -> None:
        self._faults.stores_then_breaks(times=self._chance.randint(1, 2))

    async def _slow(self) -> None:
        method = self._call()
        self._faults.slow(self._chance.uniform(0.05, 0.4), method)
        await self._for_a_while()
        self._faults.slow(0.0, method)

    async def _duplicate(self) -> None:
        self._faults.duplicate(self._chance.randint(1, 3))

    async def _reorder(self) -> None:
        self._faults.reorder(self._chance.randint(2, 3))

    async def _lose(self) -> None:
        self._faults.lose(self._chance.randint(1, 2))

    async def _deafen(self) -> None:
        self._faults.lose_acknowledgements(self._chance.randint(1, 3))

    async def _refresh(self) -> None:
        await self._stage.slack.sockets.refresh()

    async def _cut(self) -> None:
        self._stage.slack.sockets.cut()

    # -- the clock

    async def _forward(self) -> None:
        await self._wrong_by(self._chance.choice((40.0, 600.0, 3600.0)))

    async def _back(self) -> None:
        await self._wrong_by(-self._chance.choice((40.0, 600.0, 3600.0)))

    async def _wrong_by(self, seconds: float) -> None:
        self._stage.set_bot_clock_wrong(seconds)
        await self._for_a_while()
        self._stage.set_bot_clock_wrong(0)

    # -- the database

    def _disk_or_connections(self) -> tuple[str, Callable[[], Awaitable[None]]]:
        if self._is_sqlite:
            return "disk full", self._fill_disk
        return "database connections closed", self._close_connections

    async def _fill_disk(self) -> None:
        self._stage.levers.is_disk_full = True
        await self._for_a_while()
        self._stage.levers.is_disk_full = False

    async def _lock(self) -> None:
        seconds = self._chance.uniform(0.3, 1.5)
        if self._is_sqlite:
            await self._lock_sqlite(seconds)
        else:
            await self._lock_postgresql(seconds)

    async def _lock_sqlite(self, seconds: float) -> None:
        path = self._stage.settings.database_url.removeprefix("sqlite:///")
        connection = sqlite3.connect(path, timeout=1, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
        except sqlite3.OperationalError:
            pass  # The bot holds it: there is always another time.
        finally:
            connection.close()

    async def _lock_postgresql(self, seconds: float) -> None:
        connection = await psycopg.AsyncConnection.connect(self._address)
        async with connection:
            await connection.execute("SET LOCAL lock_timeout = '1s'")
            try:
                await connection.execute(f"LOCK TABLE {LOCKED_TABLES} IN ACCESS EXCLUSIVE MODE")
                await asyncio.sleep(seconds)
            except psycopg.errors.LockNotAvailable:
                pass
            await connection.rollback()

    async def _close_connections(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._address, autocommit=True)
        async with connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    # -- within

    @property
    def _faults(self) -> FaultsOnDemand:
        return self._stage.slack.faults

    @property
    def _is_sqlite(self) -> bool:
        return self._stage.settings.database_url.startswith("sqlite")

    @property
    def _address(self) -> str:
        return self._stage.settings.database_url.replace("+psycopg", "")

    def _call(self) -> str:
        return self._chance.choice(CALLS)

    async def _for_a_while(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.3, 1.5))
