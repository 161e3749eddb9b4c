"""Two replicas share the work of one PostgreSQL; one is killed while it holds claims.

`python -m tests.faults.replicas --reminders 10000 --questions 2000`
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from msgspec import Struct, field
from sqlalchemy import text

from tests.engines import postgresql_server
from tests.faults.crowd import QUESTIONS
from tests.faults.life import Life
from tests.faults.nursery import Nursery, nursery
from tests.faults.points import End, Point
from tests.faults.record import messages, said_in
from tests.faults.stage import Stage, address, open_stage, until
from tests.faults.storm import still_open
from tests.faults.town import Inhabitant, fall_due, settle_town

LEASES = timedelta(seconds=61)
STANDSTILL_SECONDS = 2.0
"""How long nothing must have gone on until time passes, so that what the dead one held is free."""
HOLDING_SECONDS = 5.0
"""Longer than any call takes here, and shorter than any claim."""
START_SECONDS, TASK_SECONDS = 60.0, 600.0
ENDED_SECONDS = 0.5
"""How often to look whether the one that is to die did."""
AT_ONCE, PATIENCE_SECONDS = 20, 10.0
ENDLESS = 1e6
"""Slack's calls a minute are no limit here: ten thousand people would take hours."""


class Task(Struct, frozen=True):
    """How much there is to do. The first replica dies after so many calls of its own."""

    reminders: int
    questions: int
    dies_after: int


class Done(Struct):
    """What became of it: how often each was done, and how the two ended."""

    task: Task
    reminders: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    unacknowledged: int = 0
    held: int = 0
    statuses: tuple[int, int] = (0, 0)
    seconds: float = 0.0

    @property
    def faults(self) -> list[str]:
        """Everything that was not done exactly once."""
        found = [
            f"{what} {key}: {times} times"
            for what, counted in (
                ("reminder", self.reminders),
                ("file", self.files),
                ("answer", self.answers),
            )
            for key, times in counted.items()
            if times != 1
        ]
        found += [f"post {key}: {times} times" for key, times in self.keys.items() if times != 1]
        if self.statuses != (-9, 0):
            found.append(f"the replicas ended with {self.statuses}, not by SIGKILL and by being asked")
        if not self.held:
            found.append("the one that was killed held no claims")
        return found


async def share(task: Task, opened: Nursery, folder: Path, database_url: str) -> Done:
    """Let two replicas do the task, one of which dies in the middle, and count."""
    done, begun = Done(task), time.monotonic()
    async with open_stage(folder, database_url, haste=ENDLESS) as stage:
        town = settle_town(stage, max(task.reminders, task.questions))
        # After a call and before its result is stored: whatever it is, the one that dies holds it.
        first = Life(1, stage.settings, folder, End(Point.AFTER_CALL, task.dies_after))
        second = Life(2, stage.settings, folder)
        for life in (first, second):
            await opened.bear(life)
        await asyncio.wait_for(stage.slack.connected(2), START_SECONDS)
        fall_due(stage)
        async with asyncio.timeout(TASK_SECONDS):
            await _ask(stage, town[: task.questions])
            while not opened.is_over(first.number):
                # The other one may have done so much that this one never came to its end: ask again.
                if not stage.slack.courier.is_busy and not await asyncio.to_thread(_left, stage):
                    await _ask(stage, town[: task.questions])
                await asyncio.sleep(ENDED_SECONDS)
        ended = await opened.ended(first.number)
        done.held = await _held(stage)
        await _finish(stage)
        done.statuses = (ended, await opened.stop(second.number))
        _count(stage, town, done)
    done.seconds = time.monotonic() - begun
    return done


async def _ask(stage: Stage, askers: list[Inhabitant]) -> None:
    for number, one in enumerate(askers):
        await stage.slack.person(one.handle).says(QUESTIONS[number % len(QUESTIONS)], in_="@Signpost")
        if number % AT_ONCE == 0:
            # Nobody asks faster than it is acknowledged: what is not is nobody's to answer.
            await until(lambda: not stage.slack.courier.is_busy, PATIENCE_SECONDS)


async def _held(stage: Stage) -> int:
    """Return how much the dead one holds: what somebody has taken, and seconds later still has."""
    before = await asyncio.to_thread(_taken, stage)
    await asyncio.sleep(HOLDING_SECONDS)
    return len(before & await asyncio.to_thread(_taken, stage))


def _taken(stage: Stage) -> set[tuple[object, ...]]:
    """Return what is under way: each row with how often it was taken."""
    database = stage.open_database()
    with database.engine.connect() as connection:
        taken = connection.execute(_TAKEN, {"now": stage.slack.clock.now()}).all()
    database.close()
    return {tuple(row) for row in taken}


_TAKEN = text("""
    SELECT 'sending', id, attempts FROM outbox JOIN lane_lease USING (workspace_id, lane)
     WHERE state = 'sending' AND held_until > :now
     UNION ALL
    SELECT 'settling', id, attempts FROM inbox WHERE state = 'waiting' AND claimed_until > :now
""")


async def _finish(stage: Stage) -> None:
    """Wait until nothing is left to do. Time passes whenever nothing goes on any more."""
    before = -1
    while stage.slack.courier.is_busy or (left := await asyncio.to_thread(_left, stage)):
        if stage.slack.courier.is_busy:
            before = -1
        elif left == before:
            stage.pass_time(LEASES)
        else:
            before = left
        await asyncio.sleep(STANDSTILL_SECONDS)


def _left(stage: Stage) -> int:
    """Return how much is not done: reminders to be put together, messages to be answered or sent."""
    database = stage.open_database()
    with database.engine.connect() as connection:
        due = text("SELECT count(*) FROM reminder_due WHERE at <= :now")
        unsaid = connection.execute(due, {"now": stage.slack.clock.now()}).scalar_one()
    database.close()
    return int(unsaid) + still_open(stage)


def _count(stage: Stage, town: list[Inhabitant], done: Done) -> None:
    workspace, bot = stage.slack.workspace, stage.slack.installation.bot_id
    for number, one in enumerate(town):
        ours = [
            m
            for m in workspace.public(workspace.direct_id(one.user, stage.slack.bot_user_id))
            if m.bot_id == bot
        ]
        if number < done.task.reminders:
            done.reminders[one.number] = sum(one.number in m.text and not m.is_reply for m in ours)
            done.files[one.number] = sum(len(m.files) for m in ours)
    answers = Counter(
        (m.channel, m.thread_ts)
        for stored in workspace.messages.values()
        for m in stored.values()
        if m.bot_id == bot and m.thread_ts and not m.files
    )
    for event, is_acknowledged in messages(said_in(stage.slack)):
        if is_acknowledged:
            done.answers[event["ts"]] = answers[event["channel"], event["ts"]]
        else:
            done.unacknowledged += 1
    for stored in workspace.messages.values():
        for message in stored.values():
            key = ((message.metadata or {}).get("event_payload") or {}).get("key")
            if key:
                done.keys[str(key)] += 1


def table(done: Done) -> str:
    """Return the outcome for people."""
    return "\n".join(
        [
            f"two replicas, {done.seconds:.0f} s",
            f"  one killed after          {done.task.dies_after:>7} calls, when it held {done.held}",
            f"  reminders                 {done.reminders.total():>7} for {len(done.reminders)} recipients",
            f"  calendar files            {done.files.total():>7}",
            f"  answers                   {done.answers.total():>7} for {len(done.answers)} questions",
            f"  never acknowledged        {done.unacknowledged:>7}",
            f"  not exactly once          {len(done.faults):>7}",
            *done.faults[:50],
        ]
    )


def main() -> int:
    """Run it; return 1 when anything was not done exactly once."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.replicas", description=__doc__)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--keep", type=Path, help="a folder for the logs of both")
    wanted = parser.parse_args()
    if wanted.keep is not None:
        wanted.keep.mkdir(parents=True, exist_ok=True)
    task = Task(
        wanted.reminders, wanted.questions, dies_after=max((wanted.reminders + wanted.questions) // 4, 10)
    )
    done = asyncio.run(_run(task, wanted.keep))
    sys.stdout.write(f"{table(done)}\n")
    return 1 if done.faults else 0


async def _run(task: Task, keep: Path | None) -> Done:
    with (
        tempfile.TemporaryDirectory(prefix="signpost-faults-") as folder,
        tempfile.TemporaryDirectory(prefix="signpost-", ignore_cleanup_errors=True) as data,
        postgresql_server(Path(data)) as server,
        server.lent() as database,
    ):
        async with nursery() as opened:
            return await share(task, opened, keep or Path(folder), address(database))


if __name__ == "__main__":
    sys.exit(main())
