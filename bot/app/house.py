"""Putting the running bot together: everything that is open while it works.

What only some configurations need, metrics and several workspaces, is imported where they ask for it: a start
without them is quicker by a fiftieth.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.app.library import open_library
from bot.app.matching import MatcherBehind
from bot.app.tokens import Identity, joins_several, secret
from bot.domain.clock import Clock
from bot.services import figures, installations
from bot.services.library import Library, Reader
from bot.services.watching import NOBODY, Watch
from bot.settings import Settings
from bot.slack.authorising import authorising
from bot.slack.calls import make_client
from bot.slack.doors import Door
from bot.slack.http_door import HttpDoor
from bot.slack.install_pages import InstallPages, PagedFlow
from bot.slack.installing import Authorising, quiet_logger
from bot.slack.socket_door import SocketDoor
from bot.slack.workspaces import OneWorkspace, SeveralWorkspaces
from bot.storage.database import Database
from bot.storage.threads import Transactions

if TYPE_CHECKING:
    from bot.status.metrics import Metrics


class House(Struct, frozen=True):
    """What the bot works with; its first `matcher` is not begun yet.

    `metrics` is `None` where nobody may ask for them, `flow` where no workspace may install the app itself.
    `home` is who we are with the bot token.
    """

    settings: Settings
    library: Library
    reader: Reader
    matcher: MatcherBehind
    transactions: Transactions
    workspaces: OneWorkspace | SeveralWorkspaces
    flow: PagedFlow | None
    metrics: "Metrics | None"
    home: Identity | None

    @property
    def watch(self) -> Watch:
        """Who hears of what happens."""
        return self.metrics or NOBODY

    async def gone(self, workspace_id: str, at: int) -> None:
        """Forget the installation of a workspace that took the app away, at this Unix time."""
        ended_at = datetime.fromtimestamp(at, UTC)
        await self.transactions.run(lambda session: installations.leave(session, workspace_id, ended_at))
        if isinstance(self.workspaces, SeveralWorkspaces):
            self.workspaces.forget(workspace_id)


async def furnish(settings: Settings, database: Database, clock: Clock, home: Identity | None) -> House:
    """Build everything on an open database. `home` is who we are with the bot token, if there is one.

    Raises `KnowledgeError` for bad knowledge, `SettingsError` where stored tokens cannot be opened.
    """
    transactions = Transactions(database)
    try:
        library, reader, matcher = await asyncio.to_thread(open_library, settings, transactions, clock)
        metrics = _metrics(database, transactions, library) if settings.status_address else None
        if not joins_several(settings):
            client = make_client(settings.slack_api_url, secret(settings.slack_bot_token), metrics or NOBODY)
            one = OneWorkspace(client)
            return House(settings, library, reader, matcher, transactions, one, None, metrics, home)
        from bot.app.several import oauth_flow, open_seal, require_keys, several_workspaces  # noqa: PLC0415

        seal = open_seal(settings)
        await require_keys(transactions, seal)
        workspaces = several_workspaces(settings, transactions, seal, metrics or NOBODY, home)
        flow = oauth_flow(settings, transactions, seal, library.bot.system_clock, workspaces)
        return House(settings, library, reader, matcher, transactions, workspaces, flow, metrics, home)
    except BaseException:
        transactions.close()
        raise


def _metrics(database: Database, transactions: Transactions, library: Library) -> "Metrics":
    from bot.status.metrics import Metrics  # noqa: PLC0415
    from bot.status.stored import StoredFigures  # noqa: PLC0415

    async def read() -> figures.Figures:
        # Reading whole queues would conflict with everybody who adds to them, were it to be serialisable.
        return await transactions.claim(lambda session: figures.figures(session, library.bot))

    metrics = Metrics(StoredFigures(read))
    database.on_error(metrics.database_failed)
    return metrics


def bolt_app(house: House) -> AsyncApp:
    """Make Bolt's app. The HTTP door checks signatures, since Bolt answers 500 to some that are malformed."""
    workspaces = house.workspaces
    one = workspaces.client if isinstance(workspaces, OneWorkspace) else None
    return AsyncApp(
        client=one or make_client(house.settings.slack_api_url, None, house.watch),
        authorize=_authorising(house),  # type: ignore[arg-type] # Bolt takes an AsyncAuthorize as it is
        oauth_flow=house.flow,
        name="signpost",  # Otherwise it looks through all source files for its caller's name.
        process_before_response=True,
        request_verification_enabled=False,
        logger=quiet_logger(),
    )


def _authorising(house: House) -> Authorising | Callable[[], Awaitable[AuthorizeResult]] | None:
    if isinstance(house.workspaces, SeveralWorkspaces):
        return Authorising(house.workspaces)
    home, token = house.home, secret(house.settings.slack_bot_token)
    return authorising(home.workspace_id, home.bot_user_id, home.bot_id, token) if home else None


def door_of(house: House, app: AsyncApp, http_port: int | None) -> Door:
    """Return the way in: HTTP on a port, else Socket Mode."""
    settings = house.settings
    if http_port is None:
        return SocketDoor(app, secret(settings.slack_app_token), house.watch)
    return HttpDoor(
        app,
        secret(settings.slack_signing_secret),
        settings.http_host,
        http_port,
        pages=InstallPages(house.flow) if house.flow is not None else None,
        watch=house.watch,
    )
