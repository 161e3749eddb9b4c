"""Messages as one person reads them, one line each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from msgspec import Struct

from bot.playground.mrkdwn import Reader
from bot.playground.page.emoji import emoji
from bot.playground.page.markup import mrkdwn_html
from bot.playground.values import initial_values
from bot.playground.workspace import Message, Person, Workspace

_SYSTEM_SUBTYPES = {"channel_join", "group_join"}
_GROUPED_WITHIN_SECONDS = 300


class Reaction(Struct, frozen=True):
    """An emoji under a message, and who put it there."""

    name: str
    character: str
    count: int
    is_own: bool
    spoken: str


class Line(Struct, frozen=True):
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


class LineDrawer:
    """Makes lines of messages for one reader."""

    def __init__(self, workspace: Workspace, person: Person, reader: Reader) -> None:
        self._workspace, self._person, self._reader = workspace, person, reader
        self._zone = ZoneInfo(person.time_zone)

    def lines(self, messages: Sequence[Message], new_since: str = "") -> Sequence[Line]:
        """The lines in the given order; the first one after `new_since` that others wrote is marked new."""
        lines: list[Line] = []
        for message in messages:
            before = lines[-1].message if lines else None
            lines.append(self._line(message, before, is_new=self._is_first_new(message, before, new_since)))
        return lines

    def _is_first_new(self, message: Message, before: Message | None, new_since: str) -> bool:
        if not new_since or message.ts <= new_since or message.user == self._person.id:
            return False
        return before is None or before.ts <= new_since

    def _line(self, message: Message, before: Message | None, *, is_new: bool) -> Line:
        day = self._day(message.ts)
        starts_day = before is None or self._day(before.ts) != day
        replies = self._workspace.replies(message.channel, message.ts)
        local = self._local(message.ts)
        chosen = self._workspace.message_values.get((message.channel, message.ts, self._person.id))
        return Line(
            message=message,
            author=self._workspace.people[message.user],
            body=mrkdwn_html(message.text, self._reader),
            clock_time=f"{local:%H:%M}",
            full_time=f"{day} at {local:%H:%M:%S}",
            day=day if starts_day else "",
            is_compact=not starts_day and not is_new and _continues(before, message),
            is_own=message.user == self._person.id and message.visible_to is None,
            is_system=message.subtype in _SYSTEM_SUBTYPES,
            is_new=is_new,
            reactions=[self._reaction(name, users) for name, users in message.reactions],
            replies=len(replies),
            last_reply=self._moment(replies[-1].ts) if replies else "",
            values=chosen or initial_values(message.blocks),
        )

    def _reaction(self, name: str, users: Sequence[str]) -> Reaction:
        names = ", ".join(self._reader.user_name(user) for user in users)
        spoken = f"{names} reacted with {name.replace('_', ' ')}"
        return Reaction(name, emoji(name), len(users), self._person.id in users, spoken)

    def _local(self, ts: str) -> datetime:
        return datetime.fromtimestamp(float(ts), UTC).astimezone(self._zone)

    def _day(self, ts: str) -> str:
        local = self._local(ts)
        today = (self._reader.now() if self._reader.now else local).astimezone(self._zone).date()
        near = {0: "Today", 1: "Yesterday"}.get((today - local.date()).days)
        return near or f"{local:%A}, {local.day} {local:%B} {local:%Y}"

    def _moment(self, ts: str) -> str:
        day = self._day(ts)
        return f"{day.lower() if ',' not in day else day} at {self._local(ts):%H:%M}"


def _continues(before: Message | None, message: Message) -> bool:
    """Whether a message belongs to the one before, so that its author need not be named again."""
    if before is None or before.user != message.user or before.subtype in _SYSTEM_SUBTYPES:
        return False
    if (before.visible_to is None) is not (message.visible_to is None):
        return False
    return float(message.ts) - float(before.ts) < _GROUPED_WITHIN_SECONDS
