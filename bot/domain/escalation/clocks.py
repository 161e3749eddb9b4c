"""Working time: targets count while the company is open, and stand still while the requester is asked."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.opening import OpeningCalendar

LONGEST = timedelta(days=400)
"""How far a due instant is looked for; a company that opens too rarely to reach it has none."""


class Target(Struct, frozen=True):
    """What a company promises for an urgency, in minutes of its working time; `None` for nothing."""

    response_minutes: int | None = None
    solution_minutes: int | None = None


class Alarm(StrEnum):
    """Who hears of a target: the owner before it is missed, then the channel, then the lead."""

    OWNER = "owner"
    CHANNEL = "channel"
    LEAD = "lead"


class ClockKind(StrEnum):
    """What is promised: that somebody takes it, and that it is solved."""

    RESPONSE = "response"
    SOLUTION = "solution"


QUARTERS = {Alarm.OWNER: 3, Alarm.CHANNEL: 4, Alarm.LEAD: 5}
"""After how many quarters of the target who hears of it."""


def due_at(calendar: OpeningCalendar, start: datetime, working: timedelta) -> datetime | None:
    """Return when `working` of the company's time has passed since `start` (aware); `None` if never.

    That is within the company's time, its last instant included; what is over already is due as soon as the
    company opens.
    """
    left = max(working, timedelta())
    for begin, end in calendar.open_spans(start, start + LONGEST):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return None


def working_time(calendar: OpeningCalendar, start: datetime, end: datetime) -> timedelta:
    """Return how much of the company's time lies between two instants (aware), `start` first."""
    return sum((last - first for first, last in calendar.open_spans(start, end)), timedelta())


def morning_after(calendar: OpeningCalendar, instant: datetime, count: int = 1) -> datetime | None:
    """Return when the company opens on the `count`-th of its working days after that of `instant` (aware)."""
    zone = ZoneInfo(calendar.time_zone)
    today = instant.astimezone(zone).date()
    days: list[date] = []
    for begin, _ in calendar.open_spans(instant, instant + LONGEST):
        day = begin.astimezone(zone).date()
        if day > today and day not in days:
            days.append(day)
            if len(days) == count:
                return begin
    return None


class TargetClock(Struct, frozen=True):
    """One promise, counting since `since` (aware UTC), or standing still where that is `None`.

    `used` is what was counted before it stood still last; `said` who has heard of it already.
    """

    kind: ClockKind
    target: timedelta
    since: datetime | None
    used: timedelta = timedelta()
    said: frozenset[Alarm] = frozenset()

    def stopped(self, calendar: OpeningCalendar, now: datetime) -> "TargetClock":
        """Let it stand still."""
        if self.since is None:
            return self
        return replace(self, since=None, used=self.used + working_time(calendar, self.since, now))

    def going(self, now: datetime) -> "TargetClock":
        """Let it count again."""
        return self if self.since is not None else replace(self, since=now)

    def due_at(self, calendar: OpeningCalendar) -> datetime | None:
        """Return when the promise is broken; `None` while it stands still."""
        return self._at(calendar, self.target)

    def next_alarm(self, calendar: OpeningCalendar) -> tuple[Alarm, datetime] | None:
        """Return who hears of it next and when; `None` while it stands still, and once all have heard."""
        for alarm, quarters in QUARTERS.items():
            if alarm not in self.said:
                at = self._at(calendar, self.target * quarters / 4)
                return None if at is None else (alarm, at)
        return None

    def _at(self, calendar: OpeningCalendar, working: timedelta) -> datetime | None:
        return None if self.since is None else due_at(calendar, self.since, working - self.used)
