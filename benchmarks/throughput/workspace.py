"""What the local workspace itself costs for an event: may it stand in for Slack here?"""

import os
import tempfile
from pathlib import Path

from benchmarks.throughput.contestant import Contestant, Transport, running, usage_of
from bot.app.manifest import read_manifest
from bot.playground import LocalSlack, Seed, SeedPerson
from bot.playground.rules import Limits
from bot.settings import load_settings

PEOPLE = 200
EVENTS = 600


async def cost_of_local_workspace() -> tuple[float, float]:
    """Return the milliseconds of processor an event of bare Bolt takes: the workspace, and Bolt."""
    people = tuple(SeedPerson(f"p{n}", f"Person {n}", f"p{n}@practice.example") for n in range(PEOPLE))
    manifest = read_manifest(load_settings())
    limits = Limits(seconds_between_posts=0.0, post_burst=EVENTS)
    with tempfile.TemporaryDirectory(prefix="signpost-bench-") as folder:
        async with LocalSlack(Seed(people=people, channels=()), manifest=manifest, limits=limits) as slack:
            adapted = _Adapted(slack)
            async with running(Contestant.BARE, adapted, "", Path(folder) / "log") as bare:
                await _ask(slack, EVENTS // 5)
                ours, theirs = usage_of(os.getpid()), bare.usage()
                await _ask(slack, EVENTS)
                done, answered = usage_of(os.getpid()), bare.usage()
    return (
        1000 * (done.cpu_seconds - ours.cpu_seconds) / EVENTS,
        1000 * (answered.cpu_seconds - theirs.cpu_seconds) / EVENTS,
    )


class _Adapted:
    """The local workspace, as a contestant is told of it."""

    transport: Transport = "socket"
    request_url = ""

    def __init__(self, slack: LocalSlack) -> None:
        self.api_url = slack.api_url
        self.connected = slack.connected
        self.tokens = (slack.bot_token, slack.app_token, slack.signing_secret)


async def _ask(slack: LocalSlack, count: int) -> None:
    answered = len(slack.calls_of("chat.postMessage"))
    for number in range(count):
        person = slack.person(f"p{number % PEOPLE}")
        await person.says("where do I find the licence?", in_="@Signpost")
    await slack.called("chat.postMessage", answered + count, within=60)
