"""What can be counted while the bot works. Who counts it, and how, is no business of those who tell."""

from datetime import datetime
from typing import Protocol

from bot.domain.matching.match import Match


class Watch(Protocol):
    """Hears what happens, in words that are few: kinds, methods and outcomes, never whose or where.

    Everybody tells from the event loop, but for `database_failed`, which comes from any thread.
    """

    def acknowledged(self, kind: str, seconds: float, *, is_taken: bool) -> None:
        """Slack brought something of a kind and has its answer; not `is_taken`: it will come again."""

    def decided(self, match: Match) -> None:
        """The matcher decided about a message."""

    def settled(self, kind: str, seconds: float) -> None:
        """An arrival has its effect, so long after it was stored."""

    def set_aside(self, kind: str) -> None:
        """An arrival failed so often that it is tried no more."""

    def delivered(self, method: str, outcome: str, seconds: float) -> None:
        """What was queued so long ago is `sent`, `refused`, `postponed` or `given_up`."""

    def called(self, method: str, outcome: str) -> None:
        """Slack's Web API was called."""

    def reminded(self, recipients: int) -> None:
        """Reminders were queued."""

    def swept(self, at: datetime) -> None:
        """All open escalations were looked at, and all is well."""

    def database_failed(self, kind: str) -> None:
        """The database did not do what it was asked to; a `conflict` is run again."""


class Nobody:
    """Hears everything and keeps nothing."""

    def acknowledged(self, kind: str, seconds: float, *, is_taken: bool) -> None:
        """Let it pass."""

    def decided(self, match: Match) -> None:
        """Let it pass."""

    def settled(self, kind: str, seconds: float) -> None:
        """Let it pass."""

    def set_aside(self, kind: str) -> None:
        """Let it pass."""

    def delivered(self, method: str, outcome: str, seconds: float) -> None:
        """Let it pass."""

    def called(self, method: str, outcome: str) -> None:
        """Let it pass."""

    def reminded(self, recipients: int) -> None:
        """Let it pass."""

    def swept(self, at: datetime) -> None:
        """Let it pass."""

    def database_failed(self, kind: str) -> None:
        """Let it pass."""


NOBODY = Nobody()
