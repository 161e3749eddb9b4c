"""What reaches us from Slack, read into plain values.

`workspace_id` is where the bot is installed and the channel lives; a user may come from another workspace.
"""

from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from bot.domain.escalation.bridge import LinkedFile
from bot.domain.manners import Address
from bot.domain.network import SlackChannel, SlackUser


class Asked(Struct, frozen=True):
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


class Pressed(Struct, frozen=True):
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


class Invited(Struct, frozen=True):
    """The bot was invited to a channel by `user`."""

    workspace_id: str
    user: SlackUser
    channel_id: str
    event_ts: str

    @property
    def key(self) -> str:
        """What is the same for every delivery of this invitation."""
        return f"invited:{self.workspace_id}:{self.channel_id}:{self.event_ts}"


class RenewalsAsked(Struct, frozen=True):
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


class HomeOpened(Struct, frozen=True):
    """Somebody looks at the bot's Home. `channel_id` is their conversation with the bot."""

    workspace_id: str
    user: SlackUser
    channel_id: str
    event_ts: str

    @property
    def key(self) -> str:
        """What is the same for every delivery of this look."""
        return f"home:{self.workspace_id}:{self.user.user_id}:{self.event_ts}"


class Written(Struct, frozen=True):
    """A message that somebody wrote, or edited, in a thread of an escalation.

    `text` is in Slack's markup, and empty for what stays internal, as are its `files`; `mentioned` are user
    ids. `version` is empty for what was just written, else the instant of the edit as Slack tells it.
    """

    workspace_id: str
    user: SlackUser
    channel_id: str
    thread_ts: str
    message_ts: str
    version: str = ""
    text: str = ""
    is_internal: bool = False
    mentioned: tuple[str, ...] = ()
    files: tuple[LinkedFile, ...] = ()

    @property
    def key(self) -> str:
        """What is the same for every delivery of this version of the message."""
        return f"{thread_key(self)}{self.message_ts}:{self.version}"


WITHDRAWN = "withdrawn"
"""The version of a message that was deleted: it comes after all others."""


class Withdrawn(Struct, frozen=True):
    """A message of a thread was deleted. `thread_ts` is empty where Slack does not say it."""

    workspace_id: str
    user: SlackUser
    channel_id: str
    thread_ts: str
    message_ts: str

    @property
    def key(self) -> str:
        """What is the same for every delivery of this."""
        return f"{thread_key(self)}{self.message_ts}:{WITHDRAWN}"


def thread_key(said: Written | Withdrawn) -> str:
    """Return what the keys of everything from one thread begin with; it is settled in order."""
    return f"thread:{said.workspace_id}:{said.channel_id}:{said.thread_ts}:"


class FileWanted(Struct, frozen=True):
    """Somebody confirmed that they want to see a file. `message_id` and `number` (from 0) name it; nothing in
    it is trusted. `thread_ts` is the thread in which the button stands."""

    workspace_id: str
    user: SlackUser
    channel_id: str
    thread_ts: str
    action_ts: str
    message_id: int
    number: int

    @property
    def key(self) -> str:
        """What is the same for every delivery of this press."""
        return f"file:{self.workspace_id}:{self.channel_id}:{self.user.user_id}:{self.action_ts}"


Arrival = Asked | Pressed | Invited | RenewalsAsked | HomeOpened | Written | Withdrawn | FileWanted

_KINDS: dict[str, type[Arrival]] = {
    "asked": Asked,
    "pressed": Pressed,
    "invited": Invited,
    "renewalsasked": RenewalsAsked,
    "homeopened": HomeOpened,
    "written": Written,
    "withdrawn": Withdrawn,
    "filewanted": FileWanted,
}


def kind_of(arrival: Arrival) -> str:
    """Return the name under which an arrival is stored."""
    return type(arrival).__name__.lower()


def to_content(arrival: Arrival) -> dict[str, Any]:
    """Turn an arrival into plain JSON values."""
    content = {**asdict(arrival), "user": {**asdict(arrival.user)}}
    if "files" in content:
        content["files"] = [{**asdict(file)} for file in content["files"]]
    return content


def from_content(kind: str, content: dict[str, Any]) -> Arrival:
    """Turn what `to_content` gave back into an arrival of `kind`."""
    values = {**content, "user": SlackUser(**content["user"])}
    for name, enum in (("address", Address), ("press", Press)):
        if name in values:
            values[name] = enum(values[name])
    if "files" in values:
        values["files"] = tuple(LinkedFile(**file) for file in values["files"])
        values["mentioned"] = tuple(values["mentioned"])
    return _KINDS[kind](**values)
