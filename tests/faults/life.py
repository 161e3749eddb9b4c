"""One life of the bot: the real `serve` in a process of its own, until it is stopped or killed."""

import asyncio
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import time_machine
from msgspec import Struct
from sqlalchemy import event
from sqlalchemy.pool import Pool

from bot.app.parts import knowledge_with
from bot.app.service import serve
from bot.settings import Settings
from tests.faults.levers import Levers
from tests.faults.points import End, Watch, watch

FOLLOW_SECONDS = 0.01
"""How often a life looks how far its clock was moved."""
UNBOUNDED_PAGES = 4294967294


class Life(Struct, frozen=True):
    """How a life is set. `folder` holds its levers, its log, and what is remembered of earlier lives.

    `port` is where it takes payloads over HTTP; `None` for Socket Mode.
    """

    number: int
    settings: Settings
    folder: Path
    end: End | None = None
    port: int | None = None

    @property
    def log(self) -> Path:
        """Where it writes its log."""
        return self.folder / f"life-{self.number:04d}.log"


def warm_up() -> None:
    """Do once what every life would do first, so that a fork has it."""
    settings = Settings(database_url="sqlite:///never.db", use_meaning=False)
    knowledge_with(settings, ())


def live(life: Life) -> None:
    """Be the bot; leave with 0 after SIGTERM and with 1 when `serve` raises, which is never meant."""
    _log_to(life.log)
    levers = Levers(life.folder / "levers")
    watch(Watch(life.folder, life.end))
    event.listen(Pool, "checkout", _filling(levers))
    ahead = levers.ahead_seconds
    with time_machine.travel(time.time() + ahead, tick=True) as traveller:
        try:
            asyncio.run(_serve(life, levers, traveller, ahead))
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    os._exit(0)


async def _serve(life: Life, levers: Levers, traveller: Any, ahead: float) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    following = asyncio.create_task(_follow(levers, traveller, ahead))

    def ready(_address: str) -> None:
        levers.ready = life.number

    await serve(life.settings, stop, http_port=life.port, ready=ready)
    following.cancel()


async def _follow(levers: Levers, traveller: Any, ahead: float) -> None:
    """Move the wall clock as the lever is moved; timers of the event loop go by another one, as they do."""
    while True:
        await asyncio.sleep(FOLLOW_SECONDS)
        wanted = levers.ahead_seconds
        if wanted != ahead:
            traveller.shift(wanted - ahead)
            ahead = wanted


def _filling(levers: Levers) -> Callable[[Any, Any, Any], None]:
    """Let the disk be as full as the lever says whenever a connection to SQLite is taken."""
    told: dict[int, bool] = {}

    def take(connection: Any, _record: Any, _proxy: Any) -> None:
        is_full = levers.is_disk_full
        if told.get(id(connection), False) is is_full or "sqlite" not in type(connection).__module__:
            return
        told[id(connection)] = is_full
        # A file is never made smaller than it is: 1 means that it may not grow.
        connection.execute(f"PRAGMA max_page_count = {1 if is_full else UNBOUNDED_PAGES}")

    return take


def _log_to(file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
