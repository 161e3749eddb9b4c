"""Working time: targets count while the company is open, and stand still while the requester is asked."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.domain.opening import OpeningCalendar

LONGEST = timedelta(days=400)
"""How far a due instant is looked for; a company that opens too rarely to reach it has none."""


@dataclass(frozen=True)
class Target:
    """What a company promises for an urgency, in minutes of its working time; `None` for nothing."""

    response_minutes: int | None = None
    solution_minutes: int | None = None


class Alarm(StrEnum):
    """Who hears of a target: the owner before it is missed, then the channel, then the lead."""

    OWNER = "owner"
    CHANNEL = "channel"
    LEAD = "lead"


def due_at(calendar: OpeningCalendar, start: datetime, working: timedelta) -> datetime | None:
    """Return when `working` of the company's time has passed since `start` (aware); `None` if never."""
    left = working
    for begin, end in calendar.open_spans(start, start + LONGEST):
        if end - begin >= left:
            return (begin + left).astimezone(UTC)
        left -= end - begin
    return None


def working_time(calendar: OpeningCalendar, start: datetime, end: datetime) -> timedelta:
    """Return how much of the company's time lies between two instants (aware), `start` first."""
    spans = calendar.open_spans(start, end)
    return sum((min(last, end) - first for first, last in spans), timedelta())


def alarms(calendar: OpeningCalendar, start: datetime, working: timedelta) -> dict[Alarm, datetime]:
    """Return when who hears of a target begun at `start`: at three quarters, when due, a quarter later."""
    quarters = {Alarm.OWNER: 3, Alarm.CHANNEL: 4, Alarm.LEAD: 5}
    found = {alarm: due_at(calendar, start, working * count / 4) for alarm, count in quarters.items()}
    return {alarm: instant for alarm, instant in found.items() if instant is not None}
