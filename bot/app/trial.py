"""The trial: a local workspace with the sample's people, and the settings of a bot that lives in it."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.app.manifest import read_manifest
from bot.app.parts import open_database
from bot.domain.clock import Clock
from bot.domain.manners import ChannelMode
from bot.playground import LocalSlack, Seed, SeedChannel, SeedPerson
from bot.services.sample import SamplePerson, load_sample, sample_people
from bot.settings import Settings, load_settings
from bot.storage.tables import ChannelRow

SUPPORT = "support"
RECEPTIONIST = "anna"
"""Whoever opens the page is this person first."""
OUTSIDER = SeedPerson("mira", "Mira Novak", "mira@elsewhere.example", "New here, in no directory", "en-GB")


@dataclass(frozen=True)
class Trial:
    """A running local workspace, and how a bot gets into it."""

    slack: LocalSlack
    settings: Settings
    clock: Clock
    page_url: str
    connected: Callable[[], Coroutine[None, None, None]]


@asynccontextmanager
async def open_trial(folder: Path, port: int = 0, command: str = "/support") -> AsyncIterator[Trial]:
    """Open a workspace with the sample's people, and a database in `folder` with its companies."""
    settings = load_settings(database_url=f"sqlite:///{folder / 'signpost.db'}", support_command=command)
    async with LocalSlack(trial_seed(), manifest=read_manifest(settings), port=port) as slack:
        settings = settings.model_copy(
            update={
                "slack_api_url": slack.api_url,
                "slack_bot_token": SecretStr(slack.bot_token),
                "slack_app_token": SecretStr(slack.app_token),
                "admins": frozenset(person.email for person in sample_people() if person.is_admin),
            }
        )
        _fill(settings, slack)
        yield Trial(slack, settings, slack.clock, slack.page_url, slack.connected)


def trial_seed() -> Seed:
    """Return the people and channels of the trial: everybody in #support and in #general."""
    people = [*(_seed_person(person) for person in sample_people()), OUTSIDER]
    people.sort(key=lambda person: person.handle != RECEPTIONIST)
    everybody = tuple(person.handle for person in people)
    return Seed(
        people=tuple(people),
        channels=(
            SeedChannel(SUPPORT, everybody, "Questions about OnyxCeph: Signpost listens here"),
            SeedChannel("general", everybody, "Everything else: Signpost answers when it is mentioned"),
            SeedChannel("workshop", everybody, "Signpost is not here yet: invite it", bot_is_member=False),
        ),
    )


def _seed_person(person: SamplePerson) -> SeedPerson:
    return SeedPerson(
        handle=person.email.partition("@")[0],
        name=person.name,
        email=person.email,
        title=person.belongs_to,
        locale=person.locale,
        time_zone=person.time_zone,
    )


def _fill(settings: Settings, slack: LocalSlack) -> None:
    database = open_database(settings)
    with database.transaction() as session:
        load_sample(session)
        session.merge(
            ChannelRow(
                workspace_id=slack.team_id,
                channel_id=slack.channel_id(SUPPORT),
                name=SUPPORT,
                mode=ChannelMode.LISTEN,
            )
        )
    database.close()
