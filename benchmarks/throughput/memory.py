"""Whether the bot's memory stays as it is over very many events."""

import asyncio
import tempfile
from pathlib import Path

from msgspec import Struct

from benchmarks.throughput.contestant import Contestant, running
from benchmarks.throughput.engines import Sqlite
from benchmarks.throughput.load import PEOPLE, ask_many, questions
from benchmarks.throughput.slack import LeanSlack

AT_ONCE = 100
STEPS = 100
WARM_UP = 0.1
"""The share of the events after which memory has to stay."""


class Memory(Struct, frozen=True):
    """How much memory the process held after how many events, in MB."""

    samples: list[tuple[int, float]]

    @property
    def growth(self) -> float:
        """How much more the last tenth holds than what stood after warming up, as a share."""
        warm = self.samples[int(len(self.samples) * WARM_UP)][1]
        last = [held for _, held in self.samples[-len(self.samples) // 10 :]]
        return sum(last) / len(last) / warm - 1


async def watch_memory(events: int) -> Memory:
    """Ask `events` questions, and look at the memory a hundred times."""
    samples: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory(prefix="signpost-bench-", ignore_cleanup_errors=True) as folder:
        url = Sqlite().new_url(Path(folder), PEOPLE)
        async with (
            LeanSlack("socket") as slack,
            running(Contestant.BOT, slack, url, Path("/dev/null")) as bot,
        ):
            asking = questions()
            for step in range(1, STEPS + 1):
                async with asyncio.timeout(600):
                    await ask_many(slack, asking, events // STEPS, AT_ONCE)
                slack.ledger.sent.clear()
                samples.append((step * events // STEPS, bot.usage().resident_mb))
    return Memory(samples)
