"""The whole of it: people, weather and deaths for a while, then quiet, then the comparison."""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random

from msgspec import Struct
from sqlalchemy import text

from bot.app.trial import Transport
from tests.faults.crowd import Crowd
from tests.faults.keeper import Keeper, deaths
from tests.faults.model import Findings, Model
from tests.faults.nursery import Nursery
from tests.faults.points import lines_of
from tests.faults.reminding import Packages
from tests.faults.stage import Stage, open_stage
from tests.faults.weather import Weather

HOP, STEP = timedelta(seconds=61), timedelta(seconds=1.5)
"""For what waits for a claim to run out or for another try, and for the next post of a channel."""
STEP_SECONDS, STEPS = 0.2, 8
"""How long the bot has for what came due with a step, and how many may change nothing before a hop.

All of them are longer than it takes the bot to look at its clock again (`bot.jobs.LOOK_SECONDS`).
"""
QUIET_HOPS = 3
"""After so many hops that brought nothing it is quiet."""
LAST_LIVES = 3
"""How many may be left alone at the end, one after the other."""
SETTLE_SECONDS = 600.0
"""How long is waited for the last of it: on a busy machine a bot may do nothing for a while."""


class Storm(Struct, frozen=True):
    """What to do: die so often, with so many people about. All chance comes from the seed.

    `everywhere`: three of four deaths seek a write point at which none was yet.
    """

    kills: int
    seed: int
    engine: str
    actors: int = 6
    transport: Transport = "socket"
    everywhere: bool = False

    @property
    def command(self) -> str:
        """How to do the same again."""
        return (
            f"python -m tests.faults --kills {self.kills} --seed {self.seed} --engine {self.engine}"
            f" --transport {self.transport}{' --everywhere' if self.everywhere else ''}"
        )

    def chance(self, of: str) -> Random:
        """Return a source of chance of its own for each part, so that none disturbs another."""
        return Random(f"{self.seed} {of}")  # noqa: S311 - no secret


class Outcome(Struct, frozen=True):
    """How it went."""

    storm: Storm
    kills: Counter[str]
    weather: Counter[str]
    findings: Findings
    falls: tuple[str, ...]
    lives: int
    reached: frozenset[str]
    died_at: frozenset[str]
    seconds: float

    @property
    def faults(self) -> list[str]:
        """Everything that is not as it must be."""
        asked, taken = (self.findings.compared[name] for name in ("questions", "questions acknowledged"))
        deaf = [f"deaf: none of {asked} questions was acknowledged"] if asked and not taken else []
        return [*self.findings.all, *(f"fell: {fall}" for fall in self.falls), *deaf]


async def rage(storm: Storm, nursery: Nursery, folder: Path, database_url: str) -> Outcome:
    """Do it, and compare."""
    begun = time.monotonic()
    async with open_stage(folder, database_url, transport=storm.transport, port=_port(storm)) as stage:
        packages = Packages(stage)
        keeper, weather = Keeper(stage, nursery), Weather(stage, storm.chance("weather"))
        crowd = Crowd(stage, storm.chance("people"))
        async with asyncio.TaskGroup() as people:
            people.create_task(crowd.live(storm.actors))
            async with _running(weather.rage()):
                await _die(storm, keeper, packages)
            weather.calm()
            crowd.go_home()
        await _settle(stage, keeper, packages)
        findings = Model(stage, packages).compare()
        return Outcome(
            storm=storm,
            kills=keeper.kills,
            weather=weather.seen,
            findings=findings,
            falls=tuple(keeper.falls),
            lives=keeper.lives,
            reached=frozenset(lines_of(folder / "reached.txt")),
            died_at=frozenset(lines_of(folder / "died.txt")),
            seconds=time.monotonic() - begun,
        )


def _port(storm: Storm) -> int | None:
    """Return a port that is free now, for all lives: Slack knows one address."""
    if storm.transport == "socket":
        return None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def _running(coroutine: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(coroutine)
    try:
        yield
    finally:
        if task.done():
            task.result()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _die(storm: Storm, keeper: Keeper, packages: Packages) -> None:
    """Let the bot die as often as the storm wants; reminders come due on the way."""
    planned = deaths(storm.chance("deaths"), everywhere=storm.everywhere)
    # Who seeks points dies of the common ones first: what is rare begins once those are done.
    begin, pause = (storm.kills // 4, 7) if storm.everywhere else (0, 3)
    for number, death in enumerate(islice(planned, storm.kills * 2)):
        if keeper.kills.total() >= storm.kills:
            return
        if number == begin:
            packages.sell()
        if number % pause == 0:
            packages.come_due()
        await keeper.live(death)


async def _settle(stage: Stage, keeper: Keeper, packages: Packages) -> None:
    """Leave a bot alone with what is left, until all is quiet; time passes in minutes.

    What a tick queued just before it was stopped is the next one's to send.
    """
    for _ in range(LAST_LIVES):
        life = await keeper.live_on()
        await stage.slack.connected()
        await _quiet(stage)
        if packages.come_due():
            await _quiet(stage)
        await keeper.stop(life)
        if not still_open(stage):
            return


async def _quiet(stage: Stage) -> None:
    """Let time pass until nothing waits any more, neither here nor at Slack's.

    However much has piled up in one conversation: it may go out at one post a second, and does.
    """
    quiet = 0
    end = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < end:
        left = await _drain(stage, still_open(stage))
        quiet = 0 if left or stage.slack.courier.is_busy else quiet + 1
        if quiet == QUIET_HOPS:
            return
        stage.pass_time(HOP)


async def _drain(stage: Stage, left: int) -> int:
    """Let seconds pass as long as something goes out with them; return what is left."""
    idle = 0
    while idle < STEPS:
        stage.pass_time(STEP)
        await asyncio.sleep(STEP_SECONDS)
        now = still_open(stage)
        idle = 0 if now < left else idle + 1
        left = now
    return left


def still_open(stage: Stage) -> int:
    """Return how many rows of the two queues are not settled."""
    database = stage.open_database()
    try:
        with database.engine.connect() as connection:
            waiting = connection.execute(
                text("SELECT count(*) FROM inbox WHERE state = 'waiting'")
            ).scalar_one()
            unsent = connection.execute(
                text("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')")
            ).scalar_one()
    finally:
        database.close()
    return int(waiting) + int(unsent)
