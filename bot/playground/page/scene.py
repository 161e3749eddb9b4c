"""What one person sees of the workspace at this moment, ready to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.playground.mrkdwn import Reader, parse, rich_text_spoken, spoken
from bot.playground.page.emoji import emoji
from bot.playground.page.markup import markdown_html, mrkdwn_html, plain_html, rich_text_html
from bot.playground.workspace import Channel, Kind, Message, Person, StoredFile, View

if TYPE_CHECKING:
    from bot.playground.server import LocalSlack

_HUES = (205, 152, 24, 268, 340, 180, 48, 228)
_SYSTEM_SUBTYPES = {"channel_join", "group_join"}
_GROUPED_WITHIN_SECONDS = 300


@dataclass(frozen=True)
class Row:
    """One line of the sidebar."""

    channel: str
    label: str
    mark: str
    unread: int
    is_current: bool
    person: Person | None = None


@dataclass(frozen=True)
class Reaction:
    """An emoji under a message, and who put it there."""

    name: str
    character: str
    count: int
    is_own: bool
    spoken: str


@dataclass(frozen=True)
class Line:
    """A message as it is drawn; `day` is set on the first one of a day."""

    message: Message
    author: Person
    body: Markup
    clock_time: str
    full_time: str
    day: str
    is_compact: bool
    is_own: bool
    is_system: bool
    is_new: bool
    reactions: Sequence[Reaction]
    replies: int
    last_reply: str
    values: Mapping[str, Mapping[str, Any]]


class Scene:
    """One person's view of one conversation; everything the templates ask for."""

    def __init__(self, slack: "LocalSlack", person: Person, channel: Channel, thread_ts: str = "") -> None:
        self.slack, self.person, self.channel, self.thread_ts = slack, person, channel, thread_ts
        self.workspace = slack.workspace
        self.zone = ZoneInfo(person.time_zone)
        self.reader = Reader(self._user_name, self._channel_name, person.time_zone, slack.clock.now)

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

    def day(self, instant: datetime) -> str:
        """A day as people say it."""
        local, today = instant.astimezone(self.zone), self.now.date()
        near = {0: "Today", 1: "Yesterday"}.get((today - local.date()).days)
        return near or f"{local:%A}, {local.day} {local:%B} {local:%Y}"

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

    def timeline(self, new_since: str = "") -> Sequence[Line]:
        """The channel itself: everything but what stands only in threads."""
        visible = self._visible()
        return self._lines([m for m in visible if m.is_in_channel], new_since)

    def thread(self) -> Sequence[Line]:
        """The open thread with its first message; empty when there is none."""
        parent = self.workspace.message(self.channel.id, self.thread_ts)
        if parent is None:
            return ()
        return self._lines([m for m in self._visible() if self.thread_ts in {m.ts, m.thread_ts}])

    def _visible(self) -> Sequence[Message]:
        if self.is_member:
            return self.workspace.visible(self.channel.id, self.person.id)
        is_open = self.channel.kind is Kind.CHANNEL and not self.person.is_external
        return self.workspace.public(self.channel.id) if is_open else ()

    def _lines(self, messages: Sequence[Message], new_since: str = "") -> Sequence[Line]:
        lines: list[Line] = []
        for message in messages:
            before = lines[-1].message if lines else None
            lines.append(self._line(message, before, is_new=self._is_first_new(message, before, new_since)))
        return lines

    def _is_first_new(self, message: Message, before: Message | None, new_since: str) -> bool:
        if not new_since or message.ts <= new_since or message.user == self.person.id:
            return False
        return before is None or before.ts <= new_since

    def _line(self, message: Message, before: Message | None, *, is_new: bool) -> Line:
        author = self.workspace.people[message.user]
        when = datetime.fromtimestamp(float(message.ts), UTC)
        day = self.day(when)
        starts_day = before is None or self.day(datetime.fromtimestamp(float(before.ts), UTC)) != day
        replies = self.workspace.replies(message.channel, message.ts)
        local = when.astimezone(self.zone)
        return Line(
            message=message,
            author=author,
            body=mrkdwn_html(message.text, self.reader),
            clock_time=f"{local:%H:%M}",
            full_time=f"{day} at {local:%H:%M:%S}",
            day=day if starts_day else "",
            is_compact=not starts_day and not is_new and _continues(before, message),
            is_own=message.user == self.person.id and message.visible_to is None,
            is_system=message.subtype in _SYSTEM_SUBTYPES,
            is_new=is_new,
            reactions=[self._reaction(name, users) for name, users in message.reactions],
            replies=len(replies),
            last_reply=self._moment(replies[-1].ts) if replies else "",
            values=self.workspace.message_values.get((message.channel, message.ts, self.person.id), {}),
        )

    def _reaction(self, name: str, users: Sequence[str]) -> Reaction:
        names = ", ".join(self._user_name(user) for user in users)
        spoken = f"{names} reacted with {name.replace('_', ' ')}"
        return Reaction(name, emoji(name), len(users), self.person.id in users, spoken)

    def _moment(self, ts: str) -> str:
        when = datetime.fromtimestamp(float(ts), UTC)
        return f"{self.day(when).lower()} at {when.astimezone(self.zone):%H:%M}"

    # -- files, modals, Home

    def file_address(self, stored: StoredFile, *, download: bool = False) -> str:
        """Where the page gets a file from."""
        middle = "/download" if download else ""
        return f"/files-pri/{self.slack.team_id}-{stored.id}{middle}/{stored.name}"

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


def _continues(before: Message | None, message: Message) -> bool:
    """Whether a message belongs to the one before, so that its author need not be named again."""
    if before is None or before.user != message.user or before.subtype in _SYSTEM_SUBTYPES:
        return False
    if (before.visible_to is None) is not (message.visible_to is None):
        return False
    return float(message.ts) - float(before.ts) < _GROUPED_WITHIN_SECONDS


def avatar(person: Person) -> Markup:
    """A person's round mark: initials on a colour that stays theirs."""
    if person.is_bot:
        return Markup('<span class="avatar app" aria-hidden="true">%s</span>') % _bot_sign(person)
    hue = _HUES[sum(map(ord, person.id)) % len(_HUES)]
    initials = "".join(word[0] for word in person.name.split()[:2]).upper()
    return Markup('<span class="avatar hue-%s" aria-hidden="true">%s</span>') % (hue, initials)


def _bot_sign(person: Person) -> str:
    return "S" if person.handle == "slackbot" else "🪧"
