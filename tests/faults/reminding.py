"""Licence packages that fall due while the bot dies again and again."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.maintenance.ladder import DEFAULT_STAGES
from tests.builders import licence_package
from tests.faults.stage import Stage

BEFORE_FIRST = timedelta(days=3)
OWNERS = {
    "FAULT-1": ("Kieferorthopädie am Markt", "anna"),
    "FAULT-2": ("Smile Orthodontics Manchester", "priya"),
    "FAULT-3": ("Northgate Orthodontic Centre", "grace"),
}
AFTERNOON = time(15)
"""Past nine everywhere, also on the working day before or after."""


class Packages:
    """One package each of three practices; time goes from stage to stage of their reminders."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        today = stage.slack.clock.now().date()
        self._due_on = today + BEFORE_FIRST - timedelta(days=DEFAULT_STAGES[0])
        self._said = 0

    def sell(self) -> None:
        """Let the practices have them."""
        database, now = self._stage.open_database(), self._stage.slack.clock.now()
        with database.transaction() as session:
            for number, (practice, _) in OWNERS.items():
                licence_package(session, number, practice, self._due_on, now=now)
        database.close()

    @property
    def is_over(self) -> bool:
        """Whether the last reminder is due already."""
        return self._said == len(DEFAULT_STAGES)

    def come_due(self) -> bool:
        """Let time pass to the next stage once the last one was said; return whether it did."""
        if self.is_over or any(self._seen(number) < self._said for number in OWNERS):
            return False
        on = self._due_on + timedelta(days=DEFAULT_STAGES[self._said] + 3)
        self._said += 1
        self._stage.pass_time(max(_afternoon(on) - self._stage.slack.clock.now(), timedelta()))
        return True

    def expected(self) -> Iterator[tuple[str, str, int]]:
        """Give each package with the conversation in which it is reminded of, and how often by now."""
        for number, (_, handle) in OWNERS.items():
            yield number, self._stage.slack.direct_id(handle), self._said

    def _seen(self, number: str) -> int:
        channel = self._stage.slack.direct_id(OWNERS[number][1])
        public = self._stage.slack.workspace.public(channel)
        return sum(number in one.text and not one.is_reply for one in public)


def _afternoon(day: date) -> datetime:
    return datetime.combine(day, AFTERNOON, ZoneInfo("Europe/Berlin"))
