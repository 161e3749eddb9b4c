"""The state of the workspace: people, channels, messages, views. It knows nothing of the wire."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from bot.playground.changes import (
    Change,
    ChannelChanged,
    Deleted,
    Edited,
    HomePublished,
    Joined,
    Left,
    Posted,
    Reacted,
    ReadMarked,
    ViewsChanged,
)
from bot.playground.clock import WorkspaceClock

_PAIR = 2


class Kind(StrEnum):
    """What sort of conversation a channel is, in the words of an event's `channel_type`."""

    CHANNEL = "channel"
    GROUP = "group"
    IM = "im"
    MPIM = "mpim"


class Person(Struct, frozen=True):
    """A member of the workspace, the app's bot user included."""

    id: str
    handle: str
    name: str
    email: str
    title: str
    locale: str
    time_zone: str
    team_id: str
    is_external: bool = False
    is_bot: bool = False


class Channel(Struct, frozen=True):
    """A conversation; `members` are user ids."""

    id: str
    name: str
    kind: Kind
    members: tuple[str, ...]
    created: int
    topic: str = ""
    is_shared: bool = False
    is_archived: bool = False


class StoredFile(Struct, frozen=True):
    """A file with its bytes; `user` is who uploaded it."""

    id: str
    name: str
    title: str
    mimetype: str
    content: bytes
    user: str
    created: int


class Message(Struct, frozen=True):
    """One message as it stands now. `visible_to` names the one reader of an ephemeral message."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    thread_ts: str | None = None
    subtype: str | None = None
    client_msg_id: str | None = None
    metadata: Mapping[str, Any] | None = None
    edited_ts: str | None = None
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    files: tuple[StoredFile, ...] = ()
    visible_to: str | None = None
    bot_id: str | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_in_channel(self) -> bool:
        """Whether it shows in the channel itself: no reply, or one sent to the channel too."""
        return not self.is_reply or self.subtype == "thread_broadcast"


class View(Struct, frozen=True):
    """A modal or a Home as one person sees it; `body` is what the app sent, ids filled in."""

    id: str
    user: str
    body: Mapping[str, Any]
    hash: str
    root_id: str
    previous_id: str | None
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What stands above the modal; empty for a Home."""
        return str(self.body.get("title", {}).get("text", ""))


def stable_id(prefix: str, *parts: str) -> str:
    """An id that is the same each time the workspace opens, so a bot's database still fits."""
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return prefix + base64.b32encode(digest).decode().rstrip("=").translate(str.maketrans("", "", "IO"))[:10]


class Workspace:
    """Everything that is true in the workspace; each change is told to the listeners."""

    def __init__(self, team_id: str, team_name: str, clock: WorkspaceClock) -> None:
        self.team_id, self.team_name, self.clock = team_id, team_name, clock
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.files: dict[str, StoredFile] = {}
        self.modals: dict[str, tuple[View, ...]] = {}
        self.homes: dict[str, View] = {}
        self.read_marks: dict[tuple[str, str], str] = {}
        self.message_values: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = {}
        self._listeners: list[Callable[[Change], None]] = []
        self._last_micros = 0
        self._count = 0

    # -- telling

    def on_change(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` with every change; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, change: Change) -> None:
        """Let everybody who listens know."""
        for listener in tuple(self._listeners):
            listener(change)

    def next_id(self, prefix: str) -> str:
        """A new id, unlike all others of this workspace."""
        self._count += 1
        return stable_id(prefix, self.team_id, str(self._count), self.clock.now().isoformat())

    def next_ts(self) -> str:
        """A message timestamp, greater than all before it, even within one microsecond."""
        micros = round(self.clock.now().timestamp() * 1_000_000)
        self._last_micros = max(micros, self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    @property
    def now_seconds(self) -> int:
        """The workspace's time as Unix seconds."""
        return int(self.clock.now().timestamp())

    # -- people and channels

    @property
    def handles(self) -> dict[str, str]:
        """The user id behind each lower-case handle."""
        return {person.handle.lower(): person.id for person in self.people.values()}

    @property
    def channel_names(self) -> dict[str, str]:
        """The channel id behind each name."""
        return {channel.name: channel.id for channel in self.channels.values() if channel.name}

    def add_person(self, person: Person) -> None:
        """Let somebody into the workspace."""
        self.people[person.id] = person

    def add_channel(self, channel: Channel) -> Channel:
        """Open a conversation; an existing one with this id is replaced."""
        is_new = channel.id not in self.channels
        self.channels[channel.id] = channel
        self.messages.setdefault(channel.id, {})
        if not is_new:
            self.tell(ChannelChanged(channel))
        return channel

    def direct_id(self, *users: str) -> str:
        """The id of the direct conversation between these people, whether it is open or not."""
        members = sorted(set(users))
        return stable_id("D" if len(members) <= _PAIR else "G", self.team_id, *members)

    def direct(self, *users: str) -> Channel:
        """The direct conversation between these people, opened when they have none yet."""
        members = tuple(sorted(set(users)))
        is_pair = len(members) <= _PAIR
        channel_id = self.direct_id(*members)
        if channel_id not in self.channels:
            name = "" if is_pair else "mpdm-" + "--".join(self.people[user].handle for user in members) + "-1"
            kind = Kind.IM if is_pair else Kind.MPIM
            self.add_channel(Channel(channel_id, name, kind, members, self.now_seconds))
        return self.channels[channel_id]

    def join(self, channel_id: str, user: str, inviter: str | None = None) -> None:
        """Make somebody a member; nothing happens when they are one."""
        channel = self.channels[channel_id]
        if user not in channel.members:
            self.channels[channel_id] = replace(channel, members=(*channel.members, user))
            self.tell(Joined(self.channels[channel_id], user, inviter))

    def leave(self, channel_id: str, user: str) -> None:
        """Take somebody out of a channel."""
        channel = self.channels[channel_id]
        members = tuple(member for member in channel.members if member != user)
        self.channels[channel_id] = replace(channel, members=members)
        self.tell(Left(self.channels[channel_id], user))

    def archive(self, channel_id: str) -> None:
        """Close a channel for good: nobody posts there any more."""
        self.add_channel(replace(self.channels[channel_id], is_archived=True))

    # -- messages

    def post(self, message: Message) -> Message:
        """Keep a new message and tell of it; an empty `ts` is filled in."""
        kept = replace(message, ts=message.ts or self.next_ts())
        self.messages[kept.channel][kept.ts] = kept
        for stored in kept.files:
            self.files[stored.id] = stored
        self.tell(Posted(kept))
        return kept

    def edit(self, message: Message, **changes: Any) -> Message:
        """Replace parts of a message; the listeners get the old one beside it."""
        before = self.messages[message.channel][message.ts]
        after = replace(before, edited_ts=self.next_ts(), **changes)
        self.messages[message.channel][message.ts] = after
        self.tell(Edited(before, after))
        return after

    def delete(self, message: Message) -> None:
        """Take a message away."""
        del self.messages[message.channel][message.ts]
        self.tell(Deleted(message, self.next_ts()))

    def react(self, message: Message, name: str, user: str) -> None:
        """Add somebody's reaction; a second one of the same name raises ValueError."""
        reactions = dict(message.reactions)
        if user in reactions.get(name, ()):
            raise ValueError(f"{user} has reacted with :{name}: already")
        reactions[name] = (*reactions.get(name, ()), user)
        after = replace(message, reactions=tuple(reactions.items()))
        self.messages[message.channel][message.ts] = after
        self.tell(Reacted(after, name, user, is_added=True))

    def unreact(self, message: Message, name: str, user: str) -> None:
        """Take somebody's reaction back; nothing happens when there is none."""
        reactions = {
            known: tuple(u for u in users if (known, u) != (name, user)) for known, users in message.reactions
        }
        after = replace(
            message, reactions=tuple((known, users) for known, users in reactions.items() if users)
        )
        self.messages[message.channel][message.ts] = after
        self.tell(Reacted(after, name, user, is_added=False))

    def message(self, channel_id: str, ts: str) -> Message | None:
        """The message, or None."""
        return self.messages.get(channel_id, {}).get(ts)

    def visible(self, channel_id: str, user: str) -> tuple[Message, ...]:
        """Every message of a channel that this person may see, threads included, oldest first."""
        if user not in self.channels[channel_id].members:
            return ()
        stored = self.messages[channel_id]
        return tuple(stored[ts] for ts in sorted(stored) if stored[ts].visible_to in {None, user})

    def public(self, channel_id: str) -> tuple[Message, ...]:
        """Every message of a channel but the ephemeral ones, oldest first."""
        stored = self.messages[channel_id]
        return tuple(stored[ts] for ts in sorted(stored) if stored[ts].visible_to is None)

    def replies(self, channel_id: str, thread_ts: str) -> tuple[Message, ...]:
        """What was answered under a message, ephemeral ones left out, oldest first."""
        return tuple(m for m in self.public(channel_id) if m.is_reply and m.thread_ts == thread_ts)

    def mark_read(self, channel_id: str, user: str) -> None:
        """Remember that somebody has seen all there is in a channel."""
        latest = max(self.messages[channel_id], default="0")
        if self.read_marks.get((channel_id, user), "0") < latest:
            self.read_marks[channel_id, user] = latest
            self.tell(ReadMarked(channel_id, user))

    def unread(self, channel_id: str, user: str) -> tuple[Message, ...]:
        """What others wrote in a channel since this person last looked."""
        mark = self.read_marks.get((channel_id, user), "0")
        return tuple(m for m in self.visible(channel_id, user) if m.ts > mark and m.user != user)

    # -- views

    def set_modals(self, user: str, stack: tuple[View, ...]) -> None:
        """Show this stack of modals to somebody, the last one on top; an empty one closes all."""
        self.modals[user] = stack
        self.tell(ViewsChanged(user))

    def keep_values(self, view: View) -> None:
        """Store what somebody has filled in so far; nobody is told, for nothing looks different."""
        if view.body["type"] == "home":
            self.homes[view.user] = view
            return
        stack = self.modals.get(view.user, ())
        self.modals[view.user] = tuple(view if known.id == view.id else known for known in stack)

    def publish_home(self, view: View) -> None:
        """Give somebody a new Home."""
        self.homes[view.user] = view
        self.tell(HomePublished(view.user))

    def find_view(self, view_id: str = "", external_id: str = "") -> View | None:
        """An open modal or a Home by its id or the app's own id for it, or None."""
        views = [*self.homes.values(), *(view for stack in self.modals.values() for view in stack)]
        for view in views:
            if view_id == view.id or (external_id and view.body.get("external_id") == external_id):
                return view
        return None
