"""How many questions a second each contestant answers, in rounds that take turns."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from benchmarks.throughput.contestant import Contestant, Transport, running, usage_of
from benchmarks.throughput.engines import Engine
from benchmarks.throughput.load import PEOPLE, ask_many, questions
from benchmarks.throughput.slack import LeanSlack

AT_ONCE = 200
"""How many questions are open at any time."""
TIMEOUT_SECONDS = 240


class Pace(Struct, frozen=True):
    """What one run came to. `doubled` counts the questions that were answered more than once."""

    contestant: Contestant
    transport: Transport
    engine: str
    events: int
    seconds: float
    cpu_seconds: float
    slack_cpu_seconds: float
    doubled: int

    @property
    def per_second(self) -> float:
        """Questions answered a second."""
        return self.events / self.seconds

    @property
    def cpu_ms(self) -> float:
        """The contestant's own time on the processor for one question."""
        return 1000 * self.cpu_seconds / self.events

    @property
    def slack_cpu_ms(self) -> float:
        """The time that our stand-in for Slack, which also asks, needs for one question."""
        return 1000 * self.slack_cpu_seconds / self.events


async def measure(contestant: Contestant, transport: Transport, engine: Engine, events: int) -> Pace:
    """Let one contestant answer `events` questions, after a fifth as many that are not counted."""
    with tempfile.TemporaryDirectory(prefix="signpost-bench-", ignore_cleanup_errors=True) as folder:
        url = engine.new_url(Path(folder), PEOPLE)
        log = Path(folder) / "log"
        async with (
            LeanSlack(transport) as slack,
            running(contestant, slack, url, log) as process,
            asyncio.timeout(TIMEOUT_SECONDS),
        ):
            asking = questions()
            await ask_many(slack, asking, max(events // 5, 20), AT_ONCE)
            before, ours = process.usage(), usage_of(os.getpid())
            seconds = await ask_many(slack, asking, events, AT_ONCE)
            after, ours_after = process.usage(), usage_of(os.getpid())
        return Pace(
            contestant,
            transport,
            engine.name,
            events,
            seconds,
            after.cpu_seconds - before.cpu_seconds,
            ours_after.cpu_seconds - ours.cpu_seconds,
            doubled=sum(sent.answers > 1 for sent in slack.ledger.sent.values()),
        )


async def take_turns(
    engines: list[Engine], rounds: int, events: int, tell: Callable[[Pace], None]
) -> list[Pace]:
    """Let everybody run in every round, so that what disturbs the machine disturbs all of them."""
    done: list[Pace] = []
    for _ in range(rounds):
        for transport, engine, contestant in _runs(engines):
            # Whoever commits one by one is slower by far.
            count = events // 8 if contestant is Contestant.CEILING_EACH else events
            done.append(await measure(contestant, transport, engine, count))
            tell(done[-1])
    return done


def _runs(engines: list[Engine]) -> list[tuple[Transport, Engine, Contestant]]:
    first, *others = engines
    transports: tuple[Transport, ...] = ("socket", "http")
    everybody = [(transport, first, who) for transport in transports for who in Contestant]
    stored = (Contestant.CEILING, Contestant.CEILING_EACH, Contestant.BOT)
    return everybody + [("socket", engine, who) for engine in others for who in stored]
