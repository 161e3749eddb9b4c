"""How long the bot takes from its start until it takes events, and where the time goes."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec import Struct

from benchmarks.throughput.contestant import Contestant, running
from benchmarks.throughput.engines import Sqlite
from benchmarks.throughput.slack import LeanSlack

STARTS = 5
STARTED = (Contestant.BARE, Contestant.CEILING, Contestant.BOT)
PARTS = """
import gc, json, sys, time
begun = time.perf_counter()
gc.disable()
sys.modules["rich"] = None
import bot.cli.commands
from bot.app.service import serve
imported = time.perf_counter()
from bot.app.matching import MeaningComes, matcher_of
from bot.app.parts import open_database, scheme_with
from bot.settings import load_settings
settings = load_settings()
database = open_database(settings)
opened = time.perf_counter()
scheme = scheme_with(settings, ())
read = time.perf_counter()
matcher_of(settings, scheme, MeaningComes.BEHIND)
print(json.dumps({"importing": imported - begun, "opening the database": opened - imported,
                  "reading the knowledge": read - opened,
                  "then, while it is ready: making the matcher": time.perf_counter() - read}))
"""


class Starts(Struct, frozen=True):
    """Seconds until ready by who starts, shortest first, and those of the parts of a start of ours."""

    seconds: dict[Contestant, list[float]]
    parts: dict[str, float]


async def measure_starts() -> Starts:
    """Start everybody in turn several times, on a database that is there."""
    seconds: dict[Contestant, list[float]] = {contestant: [] for contestant in STARTED}
    with tempfile.TemporaryDirectory(prefix="signpost-bench-", ignore_cleanup_errors=True) as folder:
        url = Sqlite().new_url(Path(folder), 100)
        for _ in range(STARTS):
            for contestant, taken in seconds.items():
                async with (
                    LeanSlack("socket") as slack,
                    running(contestant, slack, url, Path(folder) / "log") as process,
                ):
                    taken.append(process.seconds_to_ready)
        parts = await asyncio.to_thread(_parts, url)
    return Starts({contestant: sorted(taken) for contestant, taken in seconds.items()}, parts)


def _parts(url: str) -> dict[str, float]:
    environment = {**os.environ, "DATABASE_URL": url, "USE_MEANING": "false"}
    command = [sys.executable, "-c", PARTS]
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return dict(json.loads(output.stdout))
