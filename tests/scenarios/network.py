"""A support network in two workspaces: the practices' own, and one of the companies."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeVar

from msgspec import Struct
from pydantic import SecretStr
from sqlmodel import Session

from bot.app.manifest import read_manifest
from bot.app.parts import open_database
from bot.app.several import open_seal
from bot.app.trial import trial_seed
from bot.domain.installation import Installation
from bot.files.kinds import DIRECTORY
from bot.playground import LocalSlack, Seed, SeedChannel, SeedPerson, SeveralSlacks
from bot.playground.clock import WorkspaceClock
from bot.services import installations
from bot.services.directory_import import apply_import, plan_import
from bot.services.sample import sample_sheet
from bot.settings import Settings, load_settings
from bot.storage.seal import new_key
from tests.installing import Browser, Page
from tests.serving import bot_serving

Result = TypeVar("Result")
COMPANIES = frozenset({"ines", "karl", "tom", "lena", "oliver", "nora"})
IMPOSTOR = SeedPerson("fake", "Not Karl", "karl@image-instruments.example")


def seeds() -> tuple[Seed, Seed, Seed]:
    """Return the practices' workspace, the companies', and one that nobody asked for."""
    people = trial_seed().people
    practices = tuple(person for person in people if person.handle not in COMPANIES)
    companies = tuple(person for person in people if person.handle in COMPANIES)
    return (
        _seed("Practices", practices),
        _seed("Companies", companies),
        _seed("Elsewhere", (IMPOSTOR,)),
    )


def _seed(name: str, people: tuple[SeedPerson, ...]) -> Seed:
    handles = tuple(person.handle for person in people)
    return Seed(people=people, channels=(SeedChannel("support", handles),), team_name=name)


class Network(Struct):
    """The running workspaces, and the bot beside them."""

    several: SeveralSlacks
    settings: Settings

    @property
    def practices(self) -> LocalSlack:
        return self.several.slacks[0]

    @property
    def companies(self) -> LocalSlack:
        return self.several.slacks[1]

    @property
    def elsewhere(self) -> LocalSlack:
        return self.several.slacks[2]

    async def installs(self, slack: LocalSlack, browser: Browser | None = None) -> Page:
        """Let somebody install the app."""
        return await (browser or Browser()).installs(self.settings.public_url, slack)

    async def admits(self, slack: LocalSlack) -> bool:
        """Admit a workspace, as an admin does in a shell."""
        workspace_id, now = slack.team_id, slack.clock.now()
        return await self.run(lambda session: installations.admit(session, workspace_id, now))

    async def installed(self, new: Installation) -> None:
        """Keep an installation that was made elsewhere."""
        seal, now = open_seal(self.settings), self.several.clock.now()
        await self.run(lambda session: installations.join(session, seal, new, now))

    async def run(self, use_case: Callable[[Session], Result]) -> Result:
        """Do something in the database, as a command beside the bot does."""

        def work() -> Result:
            database = open_database(self.settings)
            try:
                return database.run(use_case)
            finally:
                database.close()

        return await asyncio.to_thread(work)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def open_network(
    folder: Path, database_url: str = "", *, is_socket: bool = False
) -> AsyncIterator[Network]:
    """Open the workspaces and a database with the sample's companies, and run the bot."""
    settings = load_settings(database_url=database_url or f"sqlite:///{folder / 'signpost.db'}")
    transport: Literal["socket", "http"] = "socket" if is_socket else "http"
    async with SeveralSlacks(
        seeds(), manifest=read_manifest(settings), transport=transport, clock=WorkspaceClock()
    ) as several:
        settings = settings.model_copy(
            update={
                "slack_api_url": several.api_url,
                "slack_signing_secret": SecretStr(several.registration.signing_secret),
                "slack_client_id": several.registration.client_id,
                "slack_client_secret": SecretStr(several.registration.client_secret),
                "token_keys": SecretStr(new_key()),
                "public_url": f"http://127.0.0.1:{free_port()}",
                "slack_app_token": SecretStr(several.registration.app_token),
                "admins": frozenset({"karl@image-instruments.example"}),
            }
        )
        network = Network(several, settings)
        await network.run(lambda session: _fill(session, several.clock))
        async with serving(network, None if is_socket else 0):
            yield network


def _fill(session: Session, clock: WorkspaceClock) -> None:
    for kind in DIRECTORY:
        apply_import(session, plan_import(session, sample_sheet(kind)), clock.now())


@asynccontextmanager
async def serving(network: Network, port: int | None = 0) -> AsyncIterator[None]:
    """Run the bot, and stop it properly: at the public address, at another port, or `None` for sockets."""
    if port == 0:
        port = int(network.settings.public_url.rpartition(":")[2])
    clock, reached_at = network.several.clock, network.several.deliver_to
    async with bot_serving(network.settings, clock, port, reached_at):
        yield
