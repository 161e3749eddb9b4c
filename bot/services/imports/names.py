"""Finding the Slack ids behind e-mail addresses and channel names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct, field

from bot.domain.network import SlackChannel, SlackUser
from bot.services.imports.plan import Wanted

Place = SlackUser | SlackChannel


class SlackNames(Protocol):
    """What one Slack workspace says of its people and channels."""

    async def workspace_id(self) -> str:
        """Return the workspace's id."""
        ...

    async def user_by_email(self, email: str) -> SlackUser | None:
        """Return the person with this address, `None` where there is none."""
        ...

    async def channel_by_name(self, name: str) -> SlackChannel | None:
        """Return the channel of this name (without `#`), `None` where the bot sees none."""
        ...


class SlackFindings(Struct, frozen=True):
    """What Slack said: people by address, channels by name without `#`. Empty where nobody asked it."""

    workspace_id: str = ""
    users: Mapping[str, SlackUser] = field(default_factory=dict)
    channels: Mapping[str, SlackChannel] = field(default_factory=dict)


async def look_up(
    names: SlackNames, wanted: Wanted, watch: Callable[[Sequence[str]], Iterable[str]] = iter
) -> SlackFindings:
    """Ask Slack for what is `wanted`, one after the other; `watch` sees the addresses go by.

    Call it outside any transaction: Slack allows about 50 addresses a minute.
    """
    users = {email: await names.user_by_email(email) for email in watch(wanted.emails)}
    channels = {name: await names.channel_by_name(name) for name in wanted.channels}
    return SlackFindings(
        workspace_id=await names.workspace_id() if wanted else "",
        users={email: user for email, user in users.items() if user is not None},
        channels={name: channel for name, channel in channels.items() if channel is not None},
    )


def channel_of(word: str, found: SlackFindings) -> SlackChannel | None:
    """Return the channel that `#name`, `C…` or `T…/C…` stands for, as far as known."""
    if word.startswith("#"):
        return found.channels.get(word[1:])
    workspace, _, channel = word.rpartition("/")
    workspace = workspace or found.workspace_id
    return SlackChannel(workspace, channel) if workspace else None


def contact_of(word: str, email: str, found: SlackFindings) -> Place | None:
    """Return whom a contact's Slack cell stands for; a `@handle` is found by the contact's e-mail address.

    (Slack has no look-up by handle.)
    """
    if word.startswith("@"):
        return found.users.get(email)
    workspace, _, key = word.rpartition("/")
    if word.startswith("#") or key[:1] in ("C", "G"):
        return channel_of(word, found)
    workspace = workspace or found.workspace_id
    return SlackUser(workspace, key) if workspace and key else None


def shown(word: str, place: Place | None) -> str:
    """Return what a plan shows for a Slack cell: what was written, and the id where it is known."""
    if place is None:
        return word
    key = place.user_id if isinstance(place, SlackUser) else place.channel_id
    identity = f"{place.workspace_id}/{key}"
    return word if word == identity else f"{word} = {identity}"
