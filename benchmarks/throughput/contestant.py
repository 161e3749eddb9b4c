"""A process that answers questions: the bot, or what it is compared with."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from aiohttp import ClientError, ClientSession
from msgspec import Struct

Transport = Literal["socket", "http"]
START_SECONDS = 30
STOP_SECONDS = 15


class Contestant(StrEnum):
    """Who answers."""

    BARE = "bare Bolt"
    CEILING = "ceiling, commits grouped"
    CEILING_EACH = "ceiling, each its own commit"
    BOT = "Signpost"


MODULES = {
    Contestant.BARE: ["-m", "benchmarks.throughput.bare"],
    Contestant.CEILING: ["-m", "benchmarks.throughput.ceiling"],
    Contestant.CEILING_EACH: ["-m", "benchmarks.throughput.ceiling"],
}


class Slack(Protocol):
    """What a process is told of the Slack that it works in; `tokens` are the bot's, the app's, the secret."""

    transport: Transport
    api_url: str
    request_url: str
    tokens: tuple[str, str, str]

    async def connected(self) -> None:
        """Wait until the process took its socket."""
        ...


class Usage(Struct, frozen=True):
    """What a process has used so far. Linux tells; elsewhere it is zero."""

    cpu_seconds: float
    resident_mb: float


class Running(Struct):
    """A process that is ready."""

    pid: int
    seconds_to_ready: float

    def usage(self) -> Usage:
        """Return what it has used so far, all its threads together."""
        return usage_of(self.pid)


def usage_of(pid: int) -> Usage:
    """Return what a process has used so far, all its threads together."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return Usage(0.0, 0.0)
    fields = stat.read_text().rpartition(")")[2].split()
    ticks, pages = int(fields[11]) + int(fields[12]), int(fields[21])
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


@asynccontextmanager
async def running(
    contestant: Contestant, slack: Slack, database_url: str, log_file: Path
) -> AsyncIterator[Running]:
    """Start a process, wait until it takes events, and stop it in the end."""
    port = free_port() if slack.transport == "http" else None
    begun = time.perf_counter()
    with log_file.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *_arguments(contestant, port),
            env=_environment(contestant, slack, database_url),
            stdout=log,
            stderr=log,
        )
    try:
        async with asyncio.timeout(START_SECONDS):
            if port is None:
                await slack.connected()
            else:
                slack.request_url = f"http://127.0.0.1:{port}/slack/events"
                await _listening(slack.request_url)
        yield Running(process.pid, time.perf_counter() - begun)
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _arguments(contestant: Contestant, port: int | None) -> list[str]:
    if contestant is not Contestant.BOT:
        return [*MODULES[contestant], *([str(port)] if port is not None else [])]
    return ["-m", "bot", "serve", *(["--http", str(port)] if port is not None else [])]


def _environment(contestant: Contestant, slack: Slack, database_url: str) -> dict[str, str]:
    bot_token, app_token, secret = slack.tokens
    return {
        **os.environ,
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": bot_token,
        "SLACK_APP_TOKEN": app_token,
        "SLACK_SIGNING_SECRET": secret,
        "DATABASE_URL": database_url,
        "USE_MEANING": "false",
        "COMMITS": "each" if contestant is Contestant.CEILING_EACH else "grouped",
    }


async def _listening(url: str) -> None:
    async with ClientSession() as session:
        while True:
            try:
                async with session.post(url, data="{}") as response:
                    await response.read()
                return
            except ClientError:
                await asyncio.sleep(0.02)
