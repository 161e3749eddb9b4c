"""Who starts the bot again whenever it died, until it has died often enough."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from random import Random

from msgspec import Struct, field

from tests.faults.life import Life
from tests.faults.nursery import Nursery
from tests.faults.points import End, Point
from tests.faults.stage import Stage, until

START_SECONDS = 60.0
"""More than any start may take, on the busiest machine."""
PATIENCE_SECONDS = 3.0
"""How long a life may go on when it does not come to its end by itself."""
LONG_PATIENCE_SECONDS = 6.0
"""Enough for an escalation to be opened, taken and talked about."""
LEASES = timedelta(seconds=61)
"""After a death time passes, so that what the dead one held is free again."""


class Death(Struct, frozen=True):
    """How a life is to end: at a point, else by SIGKILL after so many seconds, or by SIGTERM then.

    The seconds count from when it is ready, or from its birth, so that some die while they start.
    """

    end: End | None
    after_seconds: float
    is_asked: bool = False
    is_early: bool = False


def deaths(chance: Random, *, everywhere: bool = False) -> Iterator[Death]:
    """Give one death after the other, as chance has it; `everywhere`, three of four where none died before.

    The fourth gets things done: what more than five lives die over is set aside by rule.
    """
    while everywhere:
        for _ in range(3):
            yield Death(End(None), LONG_PATIENCE_SECONDS)
        yield Death(None, chance.uniform(1, PATIENCE_SECONDS))
    points = [point for point in Point for _ in range(1 if "write" in point else 2)]
    while True:
        kind = chance.random()
        if kind < 0.25:
            yield Death(End(chance.choice(points), chance.randint(1, 15)), PATIENCE_SECONDS)
        elif kind < 0.55:
            yield Death(End(chance.choice(points), chance.randint(20, 120)), LONG_PATIENCE_SECONDS)
        elif kind < 0.8:
            yield Death(End(chance.choice(points)), PATIENCE_SECONDS)
        else:
            is_early = kind > 0.96
            seconds = chance.uniform(0.1, PATIENCE_SECONDS)
            yield Death(None, seconds, is_asked=0.93 < kind <= 0.96, is_early=is_early)


class Keeper(Struct):
    """Keeps a bot alive; `kills` counts how it died, `falls` says how it ended when nobody had meant it."""

    stage: Stage
    nursery: Nursery
    lives: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    falls: list[str] = field(default_factory=list)

    async def live(self, death: Death) -> None:
        """Let the bot live until this death."""
        life = self._next(death.end)
        pid = await self.nursery.bear(life)
        ending = asyncio.create_task(self.nursery.ended(life.number))
        if not death.is_early:
            await until(lambda: self.is_ready(life) or ending.done(), START_SECONDS)
            self.stage.is_up = True
        done, _ = await asyncio.wait([ending], timeout=death.after_seconds)
        if not done:
            # It may have come to its end just now, and nobody has heard of that yet.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM if death.is_asked else signal.SIGKILL)
        status = await ending
        self.stage.is_up = False
        await self._bury(life, status, death, at_point=bool(done))

    async def live_on(self) -> Life:
        """Let the bot live until it is stopped, and wait until it is ready."""
        life = self._next(None)
        await self.nursery.bear(life)
        await until(lambda: self.is_ready(life) or self.nursery.is_over(life.number), START_SECONDS)
        self.stage.is_up = True
        if self.nursery.is_over(life.number):
            self._fell(life, await self.nursery.ended(life.number))
        return life

    async def stop(self, life: Life) -> None:
        """Ask the bot to stop, and wait until it has."""
        if status := await self.nursery.stop(life.number):
            self._fell(life, status)

    def is_ready(self, life: Life) -> bool:
        """Whether a life can take payloads."""
        return self.stage.levers.ready == life.number

    def _next(self, end: End | None) -> Life:
        self.lives += 1
        return Life(self.lives, self.stage.settings, self.stage.folder, end, self.stage.port)

    async def _bury(self, life: Life, status: int, death: Death, *, at_point: bool) -> None:
        if status == -signal.SIGKILL:
            died_at = death.end.point or "where none died before" if death.end else "at random"
            self.kills[died_at if at_point else "at random"] += 1
        elif status:
            self._fell(life, status)
            await asyncio.sleep(0.2)
        self.stage.pass_time(LEASES)

    def _fell(self, life: Life, status: int) -> None:
        last = life.log.read_text(errors="replace").strip().splitlines()[-1:] if life.log.exists() else []
        when = "running" if self.is_ready(life) else "starting"
        self.falls.append(f"life {life.number} ended with {status} while {when}: {' '.join(last)[:200]}")
