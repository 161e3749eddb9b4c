"""Questions for the bot, as many under way as people would have at a busy moment."""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator

from benchmarks.throughput.slack import LeanSlack, Sent
from bot.files.knowledge import read_knowledge
from bot.paths import shipped

PEOPLE = 2000
"""Each has a conversation of their own, so that Slack's pace in one of them is not what is measured."""


def questions() -> Iterator[tuple[int, str]]:
    """Give who asks what, without end: each person in turn, and the phrases that the knowledge has."""
    topics = read_knowledge(shipped("knowledge")).topics
    texts = [text for topic in topics for texts in topic.phrases.values() for text in texts]
    random.Random(1).shuffle(texts)
    return zip(itertools.cycle(range(1, PEOPLE + 1)), itertools.cycle(texts), strict=False)


async def ask_many(slack: LeanSlack, asking: Iterator[tuple[int, str]], count: int, at_once: int) -> float:
    """Ask `count` questions, `at_once` of them open at any time; return the seconds until the last answer."""
    answered, done = 0, asyncio.Event()
    free = asyncio.Semaphore(at_once)

    def on_answer(_sent: Sent) -> None:
        nonlocal answered
        answered += 1
        free.release()
        if answered == count:
            done.set()

    slack.ledger.on_answer = on_answer
    begun = time.perf_counter()
    for person, text in itertools.islice(asking, count):
        await free.acquire()
        slack.ask(person, text)
    await done.wait()
    slack.ledger.on_answer = lambda _sent: None
    return time.perf_counter() - begun
