"""Stand-ins with visible state, for what tests must hold in their hand."""

from datetime import UTC, datetime, timedelta

from bot.domain.matching.match import Match
from bot.playground.clock import WorkspaceClock
from bot.services.watching import Nobody
from tests.builders import MORNING


class HandClock:
    """A clock that only a test moves."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant

    def advance(self, **units: float) -> None:
        self.instant += timedelta(**units)


def running_from(instant: datetime) -> WorkspaceClock:
    """Return a workspace's clock that begins at an instant and goes on from there."""
    begun = datetime.now(UTC)
    return WorkspaceClock(lambda: instant + (datetime.now(UTC) - begun))


class Notebook(Nobody):
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.acknowledgements: list[tuple[str, bool]] = []
        self.calls: list[tuple[str, str]] = []
        self.deliveries: list[tuple[str, str]] = []
        self.effects: list[str] = []
        self.aside: list[str] = []
        self.decisions: list[Match] = []
        self.errors: list[str] = []
        self.reminders = 0
        self.heartbeats: list[datetime] = []

    def acknowledged(self, kind: str, seconds: float, *, is_taken: bool) -> None:
        assert seconds >= 0
        self.acknowledgements.append((kind, is_taken))

    def called(self, method: str, outcome: str) -> None:
        self.calls.append((method, outcome))

    def decided(self, match: Match) -> None:
        self.decisions.append(match)

    def settled(self, kind: str, seconds: float) -> None:
        assert seconds >= 0
        self.effects.append(kind)

    def set_aside(self, kind: str) -> None:
        self.aside.append(kind)

    def delivered(self, method: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        self.deliveries.append((method, outcome))

    def reminded(self, recipients: int) -> None:
        self.reminders += recipients

    def swept(self, at: datetime) -> None:
        self.heartbeats.append(at)

    def database_failed(self, kind: str) -> None:
        self.errors.append(kind)
