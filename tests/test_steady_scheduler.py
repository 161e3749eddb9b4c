"""The ticks go on whatever the wall clock does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from bot.jobs import Every, SteadyScheduler, ends_in_silence

STEP = timedelta(seconds=0.02)


class Ticking:
    """A scheduler with one job that counts how often it ran."""

    def __init__(self) -> None:
        self.times = 0
        self._more = asyncio.Event()
        self.scheduler = SteadyScheduler()
        self.scheduler.add_job(self._tick, Every(STEP), misfire_grace_time=None, coalesce=True)

    async def _tick(self) -> None:
        self.times += 1
        self._more.set()

    async def again(self) -> None:
        """Wait until it has run once more."""
        self._more.clear()
        await asyncio.wait_for(self._more.wait(), 10)


@pytest.fixture
async def ticking() -> AsyncIterator[Ticking]:
    made = Ticking()
    made.scheduler.start()
    yield made
    made.scheduler.shutdown()
    await asyncio.sleep(0)


@pytest.mark.parametrize("jump", [timedelta(hours=-2), timedelta(days=-400), timedelta(days=400)])
async def test_a_clock_that_jumps_silences_no_tick(ticking: Ticking, jump: timedelta) -> None:
    with time_machine.travel(datetime.now().astimezone(), tick=True) as traveller:
        await ticking.again()
        traveller.shift(jump)
        await ticking.again()
        await ticking.again()


async def test_a_tick_that_the_stop_cuts_off_ends_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    @ends_in_silence
    async def tick() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    scheduler = SteadyScheduler()
    scheduler.add_job(tick, Every(STEP), misfire_grace_time=None)
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 10)
    scheduler.shutdown()
    await asyncio.wait_for(ended.wait(), 10)
    await asyncio.sleep(0)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def test_what_a_jump_skipped_is_made_up_for_once() -> None:
    trigger, now = Every(STEP), datetime.now().astimezone()
    due: Any = trigger.get_next_fire_time(None, now - timedelta(days=400))
    assert due < now
    assert trigger.get_next_fire_time(due, now) > now
