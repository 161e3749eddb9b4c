"""The trial: a local workspace with the sample's people, and the settings of a bot that lives in it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct
from pydantic import SecretStr

from bot.app.manifest import read_manifest
from bot.app.moves import next_moves
from bot.app.names import open_slack_names
from bot.app.parts import open_database
from bot.domain.clock import Clock
from bot.domain.manners import ChannelMode
from bot.domain.network import SlackChannel
from bot.files.kinds import DIRECTORY
from bot.files.knowledge import read_knowledge
from bot.playground import LocalSlack, Seed, SeedChannel, SeedPerson
from bot.playground.changes import Edited, Posted
from bot.playground.clock import WorkspaceClock
from bot.services import people
from bot.services.directory_import import apply_import, plan_import
from bot.services.imports.names import look_up
from bot.services.renewals.books import Books
from bot.services.sample import (
    SamplePerson,
    load_sample_packages,
    sample_channels,
    sample_people,
    sample_sheet,
)
from bot.settings import Settings, load_settings
from bot.storage.database import Database

Transport = Literal["socket", "http"]
Fill = Callable[[Settings, LocalSlack], Coroutine[None, None, None]]
SUPPORT = "support"
SETTLING_SECONDS = 0.3
"""How long after something was said the page's offers are looked up: once for all that came together."""
RECEPTIONIST = "anna"
"""Whoever opens the page is this person first."""
OUTSIDER = SeedPerson("mira", "Mira Novak", "mira@elsewhere.example", "New here, in no directory", "en-GB")


class Trial(Struct, frozen=True):
    """A running local workspace, and how a bot gets into it."""

    slack: LocalSlack
    transport: Transport
    settings: Settings
    clock: Clock
    page_url: str
    connected: Callable[[], Coroutine[None, None, None]]


@asynccontextmanager
async def open_trial(  # noqa: PLR0913 - what a test may want otherwise
    folder: Path,
    port: int = 0,
    *,
    command: str = "/support",
    transport: Transport = "socket",
    clock: WorkspaceClock | None = None,
    database_url: str = "",
    fill: Fill | None = None,
    guests: Seed | None = None,
) -> AsyncIterator[Trial]:
    """Open a workspace with the sample's people, and a database in `folder` with its companies.

    `fill` brings those companies in, as `import_sample` does when nothing else is said. `guests` are people
    and channels beside them.
    """
    settings = load_settings(
        database_url=database_url or f"sqlite:///{folder / 'signpost.db'}", support_command=command
    )
    async with LocalSlack(
        trial_seed(guests), manifest=read_manifest(settings), port=port, transport=transport, clock=clock
    ) as slack:
        settings = await move_in(settings, slack, fill)
        with offering_moves(settings, slack):
            yield Trial(slack, transport, settings, slack.clock, slack.page_url, slack.connected)


async def move_in(settings: Settings, slack: LocalSlack, fill: Fill | None = None) -> Settings:
    """Import the sample for a bot in this workspace; return the settings with which it gets in there."""
    settings = settings.model_copy(
        update={
            "slack_api_url": slack.api_url,
            "slack_bot_token": SecretStr(slack.bot_token),
            "slack_app_token": SecretStr(slack.app_token),
            "slack_signing_secret": SecretStr(slack.signing_secret),
            "admins": frozenset(person.email for person in sample_people() if person.is_admin),
        }
    )
    await (fill or import_sample)(settings, slack)
    return settings


def trial_seed(guests: Seed | None = None) -> Seed:
    """Return the people and channels of the trial: everybody in #support and in #general, but no guests."""
    more = guests or Seed((), ())
    inhabitants = [*(_seed_person(person) for person in sample_people()), OUTSIDER]
    inhabitants.sort(key=lambda person: person.handle != RECEPTIONIST)
    everybody = tuple(person.handle for person in inhabitants)
    return Seed(
        people=(*inhabitants, *more.people),
        channels=(
            SeedChannel(SUPPORT, everybody, "Questions about OnyxCeph: Signpost listens here"),
            SeedChannel("general", everybody, "Everything else: Signpost answers when it is mentioned"),
            *(
                SeedChannel(
                    name, tuple(_handle(email) for email in emails), "One practice and its distributor"
                )
                for name, emails in sample_channels().items()
            ),
            SeedChannel("workshop", everybody, "Signpost is not here yet: invite it", bot_is_member=False),
            *more.channels,
        ),
    )


def _handle(email: str) -> str:
    return email.partition("@")[0]


def _seed_person(person: SamplePerson) -> SeedPerson:
    return SeedPerson(
        handle=_handle(person.email),
        name=person.name,
        email=person.email,
        title=person.belongs_to,
        locale=person.locale,
        time_zone=person.time_zone,
    )


@contextmanager
def offering_moves(settings: Settings, slack: LocalSlack) -> Iterator[None]:
    """Let the page offer to go where something happens next; anew after every move, and after what the bot
    says, since that may have begun something."""
    database, loop = Database(settings.database_url), asyncio.get_running_loop()
    coming: list[asyncio.TimerHandle] = []

    def offer() -> None:
        coming.clear()
        slack.offer_moves(database.run(lambda session: next_moves(session, slack.clock.now())))

    def on_change(change: object) -> None:
        if isinstance(change, Posted | Edited) and not coming:
            coming.append(loop.call_later(SETTLING_SECONDS, offer))

    ends = [slack.clock.on_move(offer), slack.workspace.on_change(on_change)]
    offer()
    try:
        yield
    finally:
        for end in (*ends, *(handle.cancel for handle in coming)):
            end()
        database.close()


async def import_sample(settings: Settings, slack: LocalSlack) -> None:
    """Import the sample as `signpost import` does, with the workspace asked for its people and channels."""
    database, names = open_database(settings), open_slack_names(settings)
    assert names is not None  # noqa: S101 - there is a token
    for kind in DIRECTORY:
        sheet = sample_sheet(kind)
        with database.transaction() as session:
            wanted = plan_import(session, sheet).wanted
        found = await look_up(names, wanted)
        with database.transaction() as session:
            apply_import(session, plan_import(session, sheet, found), slack.clock.now())
    books = Books(read_knowledge(settings.knowledge_dir), slack.clock)
    with database.transaction() as session:
        load_sample_packages(session, books)
        support = SlackChannel(slack.team_id, slack.channel_id(SUPPORT))
        people.know_channel(session, support, slack.clock.now(), None).mode = ChannelMode.LISTEN
    database.close()
