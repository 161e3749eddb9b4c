"""The scene: a local workspace whose time is the suite's, a database, and what a bot needs to live in it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from bot.app.manifest import read_manifest
from bot.app.trial import Transport, move_in, trial_seed
from bot.playground import LocalSlack
from bot.playground.clock import WorkspaceClock
from bot.playground.rules import Limits
from bot.settings import Settings, load_settings
from bot.storage.database import Database
from tests.faults.levers import Levers

HASTE = 60.0
"""How many times faster than the machine's the workspace counts calls a minute."""
KEEP_DAYS = 3650
"""Nothing is purged during a run: it moves the clock by months between two deliveries of one event."""


class Stage(Struct):
    """Where it happens. `skew_seconds` is how far the bot's clock is wrong; the workspace's never is.

    `is_up`: a bot is alive and takes payloads, as far as its keeper knows.
    """

    slack: LocalSlack
    settings: Settings
    folder: Path
    levers: Levers
    port: int | None
    skew_seconds: float = 0.0
    is_up: bool = False

    def pass_time(self, step: timedelta) -> None:
        """Let time pass at once, for everybody."""
        self.slack.clock.advance(step)
        self._set_clock()

    def set_bot_clock_wrong(self, seconds: float) -> None:
        """Put the bot's clock forward or back; 0 puts it right."""
        self.skew_seconds = seconds
        self._set_clock()

    def _set_clock(self) -> None:
        self.levers.ahead_seconds = self.slack.clock.ahead.total_seconds() + self.skew_seconds

    def open_database(self) -> Database:
        """Open the bot's database, to look into it; whoever opens it closes it."""
        return Database(self.settings.database_url)


@asynccontextmanager
async def open_stage(
    folder: Path,
    database_url: str,
    *,
    transport: Transport = "socket",
    port: int | None = None,
    haste: float = HASTE,
) -> AsyncIterator[Stage]:
    """Open a workspace with the sample's people, and import the sample into the database."""
    settings = load_settings(database_url=database_url, use_meaning=False, keep_text_days=KEEP_DAYS)
    slack = LocalSlack(
        trial_seed(),
        manifest=read_manifest(settings),
        transport=transport,
        limits=_limits(haste),
        clock=WorkspaceClock(),
        monotonic=lambda: time.monotonic() * haste,
    )
    levers = Levers(folder / "levers")
    async with slack:
        settings = await move_in(settings, slack)
        if port is not None:
            slack.request_url = f"http://127.0.0.1:{port}/slack/events"
            slack.callbacks.signed_at = lambda: slack.clock.now().timestamp()
        yield Stage(slack, settings, folder, levers, port)
    levers.close()


def address(database: Database) -> str:
    """Return a database's address, with its password."""
    return database.url.render_as_string(hide_password=False)


async def until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until something holds, but no longer than `seconds`; return whether it does."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True


def _limits(haste: float) -> Limits:
    """Slack comes again at once, after one minute and after five; here a second is a minute.

    Posts have no pace, and an address for a socket lasts as long as the machine's own time says.
    """
    return Limits(
        redelivery_delays_seconds=(0.0, 1.0, 5.0),
        seconds_between_posts=0.0,
        ticket_seconds=Limits().ticket_seconds * haste,
    )
