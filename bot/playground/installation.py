"""The app as it is installed in the workspace: its identity, its secrets, its rights."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from bot.playground.manifest import AppManifest
from bot.playground.rules import Limits, RefusedError
from bot.playground.workspace import Channel, Kind, Person, Workspace

_READ_SCOPES: Mapping[Kind, str] = {
    Kind.CHANNEL: "channels",
    Kind.GROUP: "groups",
    Kind.IM: "im",
    Kind.MPIM: "mpim",
}


class Installation(Struct):
    """What Slack knows of the app. `base_url` is the workspace's own address and fills in when it opens."""

    workspace: Workspace
    manifest: AppManifest
    limits: Limits
    app_id: str
    bot_id: str
    bot_user: str
    bot_token: str
    app_token: str
    signing_secret: str
    base_url: str = ""
    is_installed: bool = True
    revoked: set[str] = field(default_factory=set)

    def knows(self, token: str) -> bool:
        """Whether a token is, or was, the app's in this workspace, or the app's own."""
        return token in {self.bot_token, self.app_token} | self.revoked

    @property
    def team_id(self) -> str:
        """The workspace in which the app is installed."""
        return self.workspace.team_id

    def is_member(self, channel: Channel) -> bool:
        """Whether the bot sits in this conversation."""
        return self.bot_user in channel.members

    def may(self, scope: str) -> bool:
        """Whether the manifest asks for this scope."""
        return scope in self.manifest.scopes

    def need(self, *scopes: str) -> None:
        """Refuse unless at least one of the scopes is granted, with what is needed and what there is."""
        if scopes and not any(self.may(scope) for scope in scopes):
            raise RefusedError("missing_scope", needed=",".join(scopes), provided=self.provided)

    @property
    def provided(self) -> str:
        """The granted scopes as the header x-oauth-scopes lists them."""
        return ",".join(sorted(self.manifest.scopes))

    def need_for(self, channel: Channel, right: str) -> None:
        """Refuse unless "read", "history" or "write" is granted for this kind of conversation."""
        self.need(f"{_READ_SCOPES[channel.kind]}:{right}")

    def readable(self, right: str) -> frozenset[Kind]:
        """The kinds of conversation for which a right is granted; none at all is refused."""
        self.need(*(f"{family}:{right}" for family in _READ_SCOPES.values()))
        return frozenset(kind for kind, family in _READ_SCOPES.items() if self.may(f"{family}:{right}"))

    def sees(self, channel: Channel) -> bool:
        """Whether the bot may know of this conversation: public ones, and those it sits in."""
        return channel.kind is Kind.CHANNEL or self.is_member(channel)

    def channel(self, name_or_id: Any) -> Channel:
        """The conversation under an id or a name; what the bot may not see is `channel_not_found`."""
        wanted = str(name_or_id or "").removeprefix("#")
        for channel in self.workspace.channels.values():
            if wanted in {channel.id, channel.name} and wanted and self.sees(channel):
                return channel
        raise RefusedError("channel_not_found")

    def person(self, user_id: Any) -> Person:
        """The person under an id, or `user_not_found`."""
        person = self.workspace.people.get(str(user_id or ""))
        if person is None:
            raise RefusedError("user_not_found")
        return person
