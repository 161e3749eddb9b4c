"""When the bot is ready: the database answers, Slack reaches us, and what came is worked on."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field
from sqlalchemy import text
from sqlmodel import Session

from bot.slack.doors import Door
from bot.storage.threads import Transactions

if TYPE_CHECKING:
    from bot.status.door import Check

DATABASE_SECONDS = 2.0


class Running(Struct):
    """What runs by now. `ticks` says whether the clockwork does; `is_stopping` from the first signal on."""

    door: Door
    ticks: Callable[[], bool]
    tasks: Mapping[str, asyncio.Task[None]] = field(default_factory=dict)
    is_open: bool = False
    is_stopping: bool = False


def checks_of(running: Running, transactions: Transactions) -> "dict[str, Check]":
    """Return what is looked at, by part."""

    async def database() -> str:
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                await transactions.run(_answers)
        except TimeoutError:
            return f"no answer within {DATABASE_SECONDS:g} s"
        return ""

    async def slack() -> str:
        if running.is_stopping:
            return "stopping"
        return await running.door.fault() if running.is_open else "starting"

    async def ticks() -> str:
        return "" if running.ticks() else "not running"

    def alive(name: str) -> "Check":
        async def check() -> str:
            task = running.tasks.get(name)
            return "" if task is not None and not task.done() else "not running"

        return check

    return {
        "database": database,
        "slack": slack,
        "worker": alive("worker"),
        "delivery": alive("delivery"),
        "ticks": ticks,
    }


def _answers(session: Session) -> None:
    session.execute(text("SELECT 1"))
