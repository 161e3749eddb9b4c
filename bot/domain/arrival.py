"""What reaches us from Slack, read into plain values.

`workspace_id` is where the bot is installed and the channel lives; a user may come from another workspace.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from bot.domain.manners import Address
from bot.domain.network import SlackChannel, SlackUser


@dataclass(frozen=True)
class Asked:
    """A message or a command that may ask for something.

    `text` is plain: entities decoded, mentions and links reduced to their words. `message_ts` is Slack's id
    of the message, unique in its channel; for a command it is the trigger's. `thread_ts` is empty outside
    threads. `has_image`: one of its files is a picture. `response_url` is where a command's answer goes.
    """

    workspace_id: str
    user: SlackUser
    channel_id: str
    message_ts: str
    text: str
    address: Address
    thread_ts: str = ""
    mentions_others: bool = False
    has_files: bool = False
    has_image: bool = False
    response_url: str = ""

    @property
    def channel(self) -> SlackChannel:
        """The channel, with its workspace."""
        return SlackChannel(self.workspace_id, self.channel_id)

    @property
    def key(self) -> str:
        """What is the same for every delivery of this message, also as mention and as message."""
        return f"message:{self.workspace_id}:{self.channel_id}:{self.message_ts}"


class Press(StrEnum):
    """What was pressed."""

    NOT_THIS = "not-this"
    SOLVED = "solved"
    TOPIC = "topic"


@dataclass(frozen=True)
class Pressed:
    """A button or menu under one of our messages. Nothing in it is trusted: it names, the database decides.

    `message_ts` is the message it stands in, `action_ts` the press. `response_url` is set when only this
    person sees the message, which then is replaced through it.
    """

    workspace_id: str
    user: SlackUser
    channel_id: str
    message_ts: str
    action_ts: str
    press: Press
    question_id: int
    topic: str = ""
    response_url: str = ""

    @property
    def key(self) -> str:
        """What is the same for every delivery of this press."""
        place = f"{self.workspace_id}:{self.channel_id}:{self.message_ts}"
        return f"press:{place}:{self.user.user_id}:{self.action_ts}"


@dataclass(frozen=True)
class Invited:
    """The bot was invited to a channel by `user`."""

    workspace_id: str
    user: SlackUser
    channel_id: str
    event_ts: str

    @property
    def key(self) -> str:
        """What is the same for every delivery of this invitation."""
        return f"invited:{self.workspace_id}:{self.channel_id}:{self.event_ts}"


@dataclass(frozen=True)
class RenewalsAsked:
    """The command for renewals; `text` is what stood after it. `trigger_id` is Slack's, unique."""

    workspace_id: str
    user: SlackUser
    channel_id: str
    trigger_id: str
    text: str
    response_url: str

    @property
    def key(self) -> str:
        """What is the same for every delivery of this command."""
        return f"renewals:{self.workspace_id}:{self.channel_id}:{self.trigger_id}"


@dataclass(frozen=True)
class HomeOpened:
    """Somebody looks at the bot's Home. `channel_id` is their conversation with the bot."""

    workspace_id: str
    user: SlackUser
    channel_id: str
    event_ts: str

    @property
    def key(self) -> str:
        """What is the same for every delivery of this look."""
        return f"home:{self.workspace_id}:{self.user.user_id}:{self.event_ts}"


Arrival = Asked | Pressed | Invited | RenewalsAsked | HomeOpened

_KINDS: dict[str, type[Arrival]] = {
    "asked": Asked,
    "pressed": Pressed,
    "invited": Invited,
    "renewalsasked": RenewalsAsked,
    "homeopened": HomeOpened,
}


def kind_of(arrival: Arrival) -> str:
    """Return the name under which an arrival is stored."""
    return type(arrival).__name__.lower()


def to_content(arrival: Arrival) -> dict[str, Any]:
    """Turn an arrival into plain JSON values."""
    return asdict(arrival)


def from_content(kind: str, content: dict[str, Any]) -> Arrival:
    """Turn what `to_content` gave back into an arrival of `kind`."""
    values = {**content, "user": SlackUser(**content["user"])}
    for name, enum in (("address", Address), ("press", Press)):
        if name in values:
            values[name] = enum(values[name])
    return _KINDS[kind](**values)
