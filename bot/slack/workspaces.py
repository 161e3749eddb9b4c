"""Each workspace's own client: a token is good in the workspace that gave it, and nowhere else."""

import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec import Struct
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.installation import Installation

BELIEVED_SECONDS = 30.0
"""How long a token is used before the database is asked again; another replica may have got a new one."""


class Workspaces(Protocol):
    """Where the app is installed."""

    async def client_for(self, workspace_id: str) -> AsyncWebClient:
        """Return the client of a workspace. Where the app is not installed it has no token, so Slack refuses
        its calls as it does after a token was revoked, and what was to be said waits as it does then."""
        ...


class OneWorkspace(Struct, frozen=True):
    """The workspace whose token stands in the settings: the usual case."""

    client: AsyncWebClient

    async def client_for(self, workspace_id: str) -> AsyncWebClient:
        """Return the one client."""
        return self.client


class SeveralWorkspaces:
    """The workspaces that installed the app, and the one whose token stands in the settings, if there is one.

    `find` looks an installation up. `make` makes a client of a token.
    """

    def __init__(
        self,
        find: Callable[[str], Awaitable[Installation | None]],
        make: Callable[[str | None], AsyncWebClient],
        home: Installation | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find, self._make, self._home, self._monotonic = find, make, home, monotonic
        self._known: dict[str, tuple[float, Installation]] = {}
        self._clients: dict[str, AsyncWebClient] = {}
        self._stranger = make(None)

    async def client_for(self, workspace_id: str) -> AsyncWebClient:
        """Return the client of a workspace."""
        found = await self.installation_of(workspace_id)
        if found is None:
            return self._stranger
        client = self._clients.get(workspace_id)
        if client is None or client.token != found.token:
            client = self._clients[workspace_id] = self._make(found.token)
        return client

    async def installation_of(self, workspace_id: str) -> Installation | None:
        """Return a workspace's installation; `None` where the app is not installed."""
        if self._home is not None and workspace_id == self._home.workspace_id:
            return self._home
        known = self._known.get(workspace_id)
        if known is not None and self._monotonic() - known[0] < BELIEVED_SECONDS:
            return known[1]
        found = await self._find(workspace_id)
        if found is None:
            self.forget(workspace_id)
        else:
            self._known[workspace_id] = (self._monotonic(), found)
        return found

    def forget(self, workspace_id: str) -> None:
        """Ask the database the next time."""
        self._known.pop(workspace_id, None)
        self._clients.pop(workspace_id, None)
