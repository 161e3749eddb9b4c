"""How soon a rush is acknowledged: 500 questions and 50 commands within one second."""

import asyncio
import tempfile
import time
from pathlib import Path

from msgspec import Struct

from benchmarks.throughput.contestant import Contestant, Transport, running
from benchmarks.throughput.engines import Engine
from benchmarks.throughput.load import PEOPLE, ask_many, questions
from benchmarks.throughput.slack import LeanSlack, Sent

QUESTIONS, COMMANDS = 500, 50
LATENCY_SECONDS = 0.1
"""What each call of the Web API takes."""


class Rush(Struct, frozen=True):
    """The waits for the acknowledgement in seconds, shortest first; `answered_in` until the last answer."""

    transport: Transport
    questions: list[float]
    commands: list[float]
    answered_in: float
    doubled: int


async def rush(transport: Transport, engine: Engine) -> Rush:
    """Let a running bot meet the rush."""
    with tempfile.TemporaryDirectory(prefix="signpost-bench-", ignore_cleanup_errors=True) as folder:
        url = engine.new_url(Path(folder), PEOPLE)
        async with (
            LeanSlack(transport, LATENCY_SECONDS) as slack,
            running(Contestant.BOT, slack, url, Path(folder) / "log"),
            asyncio.timeout(120),
        ):
            asking = questions()
            await ask_many(slack, asking, 50, 50)
            begun = time.monotonic()
            asked, typed = await _all(slack, [next(asking) for _ in range(QUESTIONS)])
            await _answered(slack, (*asked, *typed))
            seconds = time.monotonic() - begun
        return Rush(
            transport,
            sorted(sent.acknowledged_at - sent.sent_at for sent in asked),
            sorted(sent.acknowledged_at - sent.sent_at for sent in typed),
            seconds,
            sum(sent.answers > 1 for sent in (*asked, *typed)),
        )


async def _all(slack: LeanSlack, asking: list[tuple[int, str]]) -> tuple[list[Sent], list[Sent]]:
    """Send everything, evenly over a second."""
    asked: list[Sent] = []
    typed: list[Sent] = []
    begun = time.monotonic()
    for number, (person, text) in enumerate(asking):
        await asyncio.sleep(max(0.0, begun + number / QUESTIONS - time.monotonic()))
        asked.append(slack.ask(person, text))
        if number % (QUESTIONS // COMMANDS) == 0:
            typed.append(slack.command(person, "help"))
    return asked, typed


async def _answered(slack: LeanSlack, sent: tuple[Sent, ...]) -> None:
    done = asyncio.Event()
    slack.ledger.on_answer = lambda _sent: done.set()
    while not all(one.answers for one in sent):
        done.clear()
        await done.wait()


def percentile(waits: list[float], share: float) -> float:
    """Return the wait that a share of all (0 to 1) did not exceed."""
    return waits[min(len(waits) - 1, int(len(waits) * share))]
