"""What can happen in the workspace; the page and the app's event stream both live on these."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.playground.workspace import Channel, Message


@dataclass(frozen=True)
class Posted:
    """A new message."""

    message: "Message"


@dataclass(frozen=True)
class Edited:
    """A message changed its words or blocks."""

    before: "Message"
    after: "Message"


@dataclass(frozen=True)
class Deleted:
    """A message is gone; `ts` is when."""

    message: "Message"
    ts: str


@dataclass(frozen=True)
class Reacted:
    """Somebody added a reaction or took it back."""

    message: "Message"
    name: str
    user: str
    is_added: bool


@dataclass(frozen=True)
class Joined:
    """Somebody came into a channel."""

    channel: "Channel"
    user: str
    inviter: str | None


@dataclass(frozen=True)
class Left:
    """Somebody left a channel."""

    channel: "Channel"
    user: str


@dataclass(frozen=True)
class ChannelChanged:
    """A channel's own facts changed: archived, topic."""

    channel: "Channel"


@dataclass(frozen=True)
class ViewsChanged:
    """Somebody's modals look different."""

    user: str


@dataclass(frozen=True)
class HomePublished:
    """Somebody has a new Home."""

    user: str


@dataclass(frozen=True)
class ReadMarked:
    """Somebody has read a channel."""

    channel: str
    user: str


@dataclass(frozen=True)
class ClockOffers:
    """The moves that the page offers for the clock are others now."""


Change = (
    Posted
    | Edited
    | Deleted
    | Reacted
    | Joined
    | Left
    | ChannelChanged
    | ViewsChanged
    | HomePublished
    | ReadMarked
    | ClockOffers
)
