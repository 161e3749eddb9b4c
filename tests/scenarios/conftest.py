from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from msgspec import Struct

from bot.app.trial import Transport, Trial, import_sample, open_trial
from bot.playground import LocalSlack, Seed
from bot.playground.clock import WorkspaceClock
from bot.settings import Settings
from bot.storage.database import Database
from tests.builders import MORNING
from tests.engines import Engine
from tests.fakes import running_from
from tests.serving import bot_serving


@asynccontextmanager
async def serving(trial: Trial) -> AsyncIterator[None]:
    """Run the real bot in the trial's workspace, and stop it properly."""
    http_port = None if trial.transport == "socket" else 0
    reached_at = partial(setattr, trial.slack, "request_url")
    async with bot_serving(trial.settings, trial.clock, http_port, reached_at):
        await trial.connected()
        yield


class Stage(Struct, frozen=True):
    """Where the stories are played: how Slack reaches the bot, and what the bot writes to.

    They begin on a working morning, whenever they are told.
    """

    transport: Transport
    engine: Engine
    database: Database

    def open(
        self, folder: Path, clock: WorkspaceClock | None = None, guests: Seed | None = None
    ) -> AbstractAsyncContextManager[Trial]:
        """Open a trial here."""
        return open_trial(
            folder,
            transport=self.transport,
            clock=clock or running_from(MORNING),
            database_url=address(self.database),
            fill=self._fill,
            guests=guests,
        )

    async def _fill(self, settings: Settings, slack: LocalSlack) -> None:
        """Import the sample once a day, and have it from there in every later story that begins that day."""
        content = f"sample of {slack.clock.now():%Y-%m-%d}"
        if self.engine.has(self.database, content):
            self.engine.put(self.database, content)
        else:
            await import_sample(settings, slack)
            self.engine.keep(self.database, content)


@pytest.fixture(params=["socket-sqlite", "http-sqlite", "socket-postgresql"])
def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Every story is told over both transports and on both engines."""
    transport, _, engine_name = request.param.partition("-")
    engine = request.getfixturevalue("postgresql" if engine_name == "postgresql" else "sqlite_files")
    with engine.lent() as database:
        # The bot opens the database that is lent, which need not learn all its SQL again for each story.
        for module in ("bot.app.parts", "bot.app.trial"):
            monkeypatch.setattr(
                f"{module}.Database", lambda url: database if url == address(database) else Database(url)
            )
        yield Stage(transport, engine, database)


def address(database: Database) -> str:
    """Return the address of a database, as settings have it."""
    return database.url.render_as_string(hide_password=False)


@pytest.fixture
async def trial(tmp_path: Path, stage: Stage) -> AsyncIterator[Trial]:
    async with stage.open(tmp_path) as opened, serving(opened):
        yield opened


@pytest.fixture
def slack(trial: Trial) -> LocalSlack:
    return trial.slack


LONG_STORIES = ("renewal", "reminders", "escalat", "editing")
"""Parts of the names of files whose stories every run tells on one stage, and a long one on all three."""
STORIES_OF_THE_WAY = ("delivery", "outages", "questions")
"""Parts of the names of files whose stories are about the way to Slack: every run tells them on all three."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the long stories on the other stages, and the other stories over HTTP, to `-m exhaustive`."""
    for item in items:
        if item.path.parent != Path(__file__).parent:
            continue
        is_long = any(part in item.path.name for part in LONG_STORIES)
        is_of_the_way = any(part in item.path.name for part in STORIES_OF_THE_WAY)
        left_out = (is_long and "[socket-sqlite" in item.name) or (
            "[http-sqlite" in item.name and not is_of_the_way
        )
        if left_out:
            item.add_marker(pytest.mark.exhaustive)
