"""What can happen in the workspace; the page and the app's event stream both live on these."""

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from bot.playground.workspace import Channel, Message


class Posted(Struct, frozen=True):
    """A new message."""

    message: "Message"


class Edited(Struct, frozen=True):
    """A message changed its words or blocks."""

    before: "Message"
    after: "Message"


class Deleted(Struct, frozen=True):
    """A message is gone; `ts` is when."""

    message: "Message"
    ts: str


class Reacted(Struct, frozen=True):
    """Somebody added a reaction or took it back."""

    message: "Message"
    name: str
    user: str
    is_added: bool


class Joined(Struct, frozen=True):
    """Somebody came into a channel."""

    channel: "Channel"
    user: str
    inviter: str | None


class Left(Struct, frozen=True):
    """Somebody left a channel."""

    channel: "Channel"
    user: str


class ChannelChanged(Struct, frozen=True):
    """A channel's own facts changed: archived, topic."""

    channel: "Channel"


class ViewsChanged(Struct, frozen=True):
    """Somebody's modals look different."""

    user: str


class HomePublished(Struct, frozen=True):
    """Somebody has a new Home."""

    user: str


class ReadMarked(Struct, frozen=True):
    """Somebody has read a channel."""

    channel: str
    user: str


class ClockOffers(Struct, frozen=True):
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
