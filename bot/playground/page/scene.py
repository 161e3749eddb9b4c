"""What one person sees of the workspace at this moment, ready to be drawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup
from msgspec import Struct

from bot.playground.mrkdwn import Reader, parse, rich_text_spoken, spoken
from bot.playground.page.lines import Line, LineDrawer
from bot.playground.page.markup import markdown_html, mrkdwn_html, plain_html, rich_text_html
from bot.playground.workspace import Channel, Kind, Message, Person, StoredFile, View

if TYPE_CHECKING:
    from bot.playground.server import LocalSlack

_HUES = (205, 152, 24, 268, 340, 180, 48, 228)
LATEST = 200
"""So many messages of a channel are drawn at first."""


class Row(Struct, frozen=True):
    """One line of the sidebar."""

    channel: str
    label: str
    mark: str
    unread: int
    is_current: bool
    person: Person | None = None


class Scene:
    """One person's view of one conversation; everything the templates ask for."""

    def __init__(self, slack: "LocalSlack", person: Person, channel: Channel, thread_ts: str = "") -> None:
        self.slack, self.person, self.channel, self.thread_ts = slack, person, channel, thread_ts
        self.workspace = slack.workspace
        self.zone = ZoneInfo(person.time_zone)
        self.reader = Reader(self._user_name, self._channel_name, person.time_zone, slack.clock.now)
        self._drawer = LineDrawer(slack.workspace, person, self.reader)

    # -- texts

    def text(self, given: Mapping[str, Any]) -> Markup:
        """A text object."""
        if given.get("type") == "mrkdwn":
            return mrkdwn_html(given["text"], self.reader)
        return plain_html(str(given.get("text", "")))

    def rich(self, block: Mapping[str, Any]) -> Markup:
        """A rich_text block."""
        return rich_text_html(block, self.reader)

    def markdown(self, text: str) -> Markup:
        """A markdown block."""
        return markdown_html(text, self.reader)

    @property
    def now(self) -> datetime:
        """The workspace's time in the person's zone."""
        return self.slack.clock.now().astimezone(self.zone)

    # -- the sidebar

    @property
    def people(self) -> Sequence[Person]:
        """Everybody one can be."""
        return [person for person in self.workspace.people.values() if not person.is_bot]

    @property
    def app(self) -> Person:
        """The app's bot."""
        return self.workspace.people[self.slack.bot_user_id]

    @property
    def app_channel(self) -> Channel:
        """The person's direct conversation with the app."""
        return self.workspace.direct(self.person.id, self.slack.bot_user_id)

    @property
    def is_with_app(self) -> bool:
        """Whether this is the conversation with the app, which has tabs."""
        return self.channel.id == self.app_channel.id

    @property
    def channels(self) -> Sequence[Row]:
        """The channels the person is in, and the public ones."""
        known = self.workspace.channels.values()
        rooms = [c for c in known if c.kind in {Kind.CHANNEL, Kind.GROUP} and self._may_see(c)]
        return [self._row(c) for c in sorted(rooms, key=lambda c: c.name) if self.person.id in c.members]

    @property
    def others(self) -> Sequence[Row]:
        """Public channels the person has not joined."""
        known = self.workspace.channels.values()
        rooms = [c for c in known if c.kind is Kind.CHANNEL and self.person.id not in c.members]
        return [] if self.person.is_external else [self._row(c) for c in sorted(rooms, key=lambda c: c.name)]

    @property
    def directs(self) -> Sequence[Row]:
        """Direct conversations, but for the one with the app; each person has a line, spoken to or not."""
        known = self.workspace.channels.values()
        groups = [c for c in known if c.kind is Kind.MPIM and self.person.id in c.members]
        people = [person for person in self.people if person.id != self.person.id]
        return [*(self._row(c) for c in groups), *(self._direct_row(person) for person in people)]

    def _direct_row(self, person: Person) -> Row:
        channel_id = self.workspace.direct_id(self.person.id, person.id)
        known = self.workspace.channels.get(channel_id)
        return self._row(known) if known else Row(f"with/{person.handle}", person.name, "", 0, False, person)

    @property
    def app_row(self) -> Row:
        """The app's own line."""
        return self._row(self.app_channel)

    def _row(self, channel: Channel) -> Row:
        mark = {Kind.CHANNEL: "#", Kind.GROUP: "🔒"}.get(channel.kind, "")
        mark = "🪧" if channel.id == self.app_channel.id else mark
        other = self._other(channel)
        unread = 0
        if self.person.id in channel.members:
            unread = len(self.workspace.unread(channel.id, self.person.id))
        label = other.name if other else channel.name
        return Row(channel.id, label, mark, unread, channel.id == self.channel.id, other)

    def _other(self, channel: Channel) -> Person | None:
        if channel.kind is not Kind.IM:
            return None
        others = [member for member in channel.members if member != self.person.id]
        return self.workspace.people[others[0] if others else self.person.id]

    def _may_see(self, channel: Channel) -> bool:
        return channel.kind is Kind.CHANNEL or self.person.id in channel.members

    @property
    def title(self) -> str:
        """The conversation's name with its mark."""
        row = self._row(self.channel)
        return f"{row.mark}{row.label}" if row.mark == "#" else row.label

    @property
    def is_member(self) -> bool:
        """Whether the person may write here."""
        return self.person.id in self.channel.members

    # -- messages

    def timeline(self, new_since: str = "", *, all_of_it: bool = False) -> Sequence[Line]:
        """The channel itself without what stands only in threads: the latest messages, or all of them."""
        messages = [message for message in self._visible() if message.is_in_channel]
        return self._drawer.lines(messages if all_of_it else messages[-LATEST:], new_since)

    @property
    def has_older(self) -> bool:
        """Whether the channel has more messages than are drawn at first."""
        return sum(message.is_in_channel for message in self._visible()) > LATEST

    def thread(self) -> Sequence[Line]:
        """The open thread with its first message; empty when there is none."""
        parent = self.workspace.message(self.channel.id, self.thread_ts)
        if parent is None:
            return ()
        return self._drawer.lines([m for m in self._visible() if self.thread_ts in {m.ts, m.thread_ts}])

    def _visible(self) -> Sequence[Message]:
        if self.is_member:
            return self.workspace.visible(self.channel.id, self.person.id)
        is_open = self.channel.kind is Kind.CHANNEL and not self.person.is_external
        return self.workspace.public(self.channel.id) if is_open else ()

    # -- files, modals, Home

    def file_address(self, stored: StoredFile, *, download: bool = False) -> str:
        """Where the page gets a file from."""
        middle = "/download" if download else ""
        return f"/files-pri/{self.slack.team_id}-{stored.id}{middle}/{quote(stored.name, safe='')}"

    @property
    def modal(self) -> View | None:
        """The modal on top, or None."""
        stack = self.workspace.modals.get(self.person.id, ())
        return stack[-1] if stack else None

    @property
    def modal_depth(self) -> int:
        """How many modals lie on one another."""
        return len(self.workspace.modals.get(self.person.id, ()))

    @property
    def home(self) -> View | None:
        """The person's Home of the app, or None."""
        return self.workspace.homes.get(self.person.id)

    # -- what controls offer

    @property
    def pickable_people(self) -> Sequence[tuple[str, str]]:
        """Everybody, for the selects that list people."""
        return [(person.id, person.name) for person in self.workspace.people.values()]

    @property
    def pickable_channels(self) -> Sequence[tuple[str, str]]:
        """The channels the person sees, for the selects that list channels."""
        known = [c for c in self.workspace.channels.values() if c.name and self._may_see(c)]
        return [(channel.id, f"#{channel.name}") for channel in sorted(known, key=lambda c: c.name)]

    def local_moment(self, seconds: int | None) -> str:
        """A moment as a datetime-local input wants it."""
        if not seconds:
            return ""
        return datetime.fromtimestamp(seconds, self.zone).strftime("%Y-%m-%dT%H:%M")

    def rich_words(self, given: Mapping[str, Any] | None) -> str:
        """The words in a rich text input."""
        return rich_text_spoken(given, self.reader) if given else ""

    def plain(self, message: Message) -> str:
        """A person's message as they would type it, for editing."""
        handles = {person.id: person.handle for person in self.workspace.people.values()}
        typist = Reader(lambda user: handles.get(user, user), self._channel_name, self.person.time_zone)
        return spoken(parse(message.text), typist)

    @property
    def words(self) -> Mapping[str, Any]:
        """What the message field completes: commands and people."""
        manifest = self.slack.installation.manifest
        commands = [] if self.person.is_external else manifest.commands
        people = [person for person in self.workspace.people.values() if person.handle != "slackbot"]
        return {
            "commands": [
                *({"name": c.name, "hint": c.usage_hint, "description": c.description} for c in commands),
                {"name": "/invite", "hint": "@somebody", "description": "Bring a person or an app in"},
            ],
            "people": [{"name": "@" + p.handle, "hint": p.name, "description": p.title} for p in people],
        }

    @property
    def member_names(self) -> str:
        """Who is in the conversation."""
        return ", ".join(sorted(self._user_name(member) for member in self.channel.members))

    @property
    def ahead(self) -> str:
        """How far the workspace's clock is ahead, in words; empty when it is not."""
        ahead = self.slack.clock.ahead
        if not ahead:
            return ""
        days, rest = divmod(int(ahead.total_seconds()), 86_400)
        hours, minutes = rest // 3_600, rest % 3_600 // 60
        parts = [
            f"{days} d" if days else "",
            f"{hours} h" if hours else "",
            f"{minutes} min" if minutes else "",
        ]
        return " ".join(part for part in parts if part) or f"{rest} s"

    # -- names

    def _user_name(self, user: str) -> str:
        person = self.workspace.people.get(user)
        return person.name if person else user

    def _channel_name(self, channel: str) -> str:
        known = self.workspace.channels.get(channel)
        return known.name if known else channel


def avatar(person: Person) -> Markup:
    """A person's round mark: initials on a colour that stays theirs."""
    if person.is_bot:
        return Markup('<span class="avatar app" aria-hidden="true">%s</span>') % _bot_sign(person)
    hue = _HUES[sum(map(ord, person.id)) % len(_HUES)]
    initials = "".join(word[0] for word in person.name.split()[:2]).upper()
    return Markup('<span class="avatar hue-%s" aria-hidden="true">%s</span>') % (hue, initials)


def _bot_sign(person: Person) -> str:
    return "S" if person.handle == "slackbot" else "🪧"
