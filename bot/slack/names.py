"""Asking Slack who is behind an e-mail address, and which channel has a name."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.network import SlackChannel, SlackUser
from bot.services.imports.names import SlackNames

PAGE = 500
"""Channels asked for at once; Slack allows up to 1000 and recommends fewer."""


class SlackWebNames:
    """One workspace, by its Web API (`bot.services.imports.names.SlackNames`).

    `client` should wait and try again when Slack says so (a rate limit handler): reading again does no harm.
    Raises `SlackApiError` for a missing scope or a bad token.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._workspace_id = ""
        self._channels: dict[str, str] | None = None

    async def workspace_id(self) -> str:
        """Return the workspace's id."""
        if not self._workspace_id:
            self._workspace_id = str((await self._client.auth_test())["team_id"])
        return self._workspace_id

    async def user_by_email(self, email: str) -> SlackUser | None:
        """Return the person with this address, `None` where there is none any more."""
        try:
            answer = await self._client.users_lookupByEmail(email=email)
        except SlackApiError as error:
            if error.response["error"] == "users_not_found":
                return None
            raise
        user: dict[str, Any] = answer["user"]
        if user.get("deleted"):
            return None
        return SlackUser(str(user.get("team_id") or await self.workspace_id()), str(user["id"]))

    async def channel_by_name(self, name: str) -> SlackChannel | None:
        """Return the channel of this name, `None` where the bot sees none: private ones only as a member."""
        if self._channels is None:
            self._channels = await self._all_channels()
        channel_id = self._channels.get(name)
        return SlackChannel(await self.workspace_id(), channel_id) if channel_id else None

    async def _all_channels(self) -> dict[str, str]:
        found: dict[str, str] = {}
        cursor = ""
        while True:
            answer = await self._client.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=cursor
            )
            found.update({str(channel["name"]): str(channel["id"]) for channel in answer["channels"]})
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return found


class FirstOf:
    """Several workspaces as one: the first that knows somebody, or a channel, says who or which it is.

    There must be at least one; an id without a workspace belongs to the first.
    """

    def __init__(self, workspaces: Sequence[SlackNames]) -> None:
        self._workspaces = workspaces

    async def workspace_id(self) -> str:
        """Return the first workspace's id."""
        return await self._workspaces[0].workspace_id()

    async def user_by_email(self, email: str) -> SlackUser | None:
        """Return the person with this address, `None` where no workspace has one."""
        for workspace in self._workspaces:
            if found := await workspace.user_by_email(email):
                return found
        return None

    async def channel_by_name(self, name: str) -> SlackChannel | None:
        """Return the channel of this name, `None` where no workspace shows one."""
        for workspace in self._workspaces:
            if found := await workspace.channel_by_name(name):
                return found
        return None
