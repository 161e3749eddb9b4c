"""When reminders are due: the stages before and after a due date, at nine o'clock on working days."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

DEFAULT_STAGES = (-90, -60, -30, -7, 0, 14, 30)
"""Days from the due date. The scheme names none: these are the ones that contract systems commonly use."""
SENDING_TIME = time(9)
_LONGEST_CLOSURE = 60


class Workdays(Struct, frozen=True):
    """When somebody reads reminders: their zone, and which of its days are working days."""

    time_zone: str
    is_working: Callable[[date], bool]

    def before(self, day: date) -> date:
        """Return `day`, or the last working day before it; `day` itself where none comes for long."""
        return self._nearest(day, timedelta(days=-1))

    def after(self, day: date) -> date:
        """Return `day`, or the first working day after it; `day` itself where none comes for long."""
        return self._nearest(day, timedelta(days=1))

    def instant(self, day: date) -> datetime:
        """Return the moment (aware UTC) at which what is due on `day` is sent."""
        return datetime.combine(day, SENDING_TIME, ZoneInfo(self.time_zone)).astimezone(UTC)

    def _nearest(self, day: date, step: timedelta) -> date:
        days = (day + step * count for count in range(_LONGEST_CLOSURE))
        return next(filter(self.is_working, days), day)


class Ladder(Struct, frozen=True):
    """The stages of a package: days from the due date, ascending, each once."""

    stages: tuple[int, ...] = DEFAULT_STAGES

    def moments(self, due_on: date, workdays: Workdays) -> Iterator[tuple[int, datetime]]:
        """Give each stage with the moment it is sent, in order.

        On a closed day a stage up to the due date moves earlier, one after it later, so two stages may fall
        together.
        """
        for stage in self.stages:
            day = due_on + timedelta(days=stage)
            moved = workdays.before(day) if stage <= 0 else workdays.after(day)
            yield stage, workdays.instant(moved)

    def next_after(self, stage: int | None, due_on: date, workdays: Workdays) -> tuple[int, datetime] | None:
        """Return the stage that follows `stage` (`None`: the first) with its moment."""
        later = (
            (one, moment) for one, moment in self.moments(due_on, workdays) if stage is None or one > stage
        )
        return next(later, None)

    def reached(self, due_on: date, workdays: Workdays, now: datetime) -> list[int]:
        """Return the stages whose moment has come by `now` (aware), in order."""
        return [stage for stage, moment in self.moments(due_on, workdays) if moment <= now]


def read_stages(text: str) -> tuple[int, ...]:
    """Read stages written as whole numbers with commas or blanks between, such as `-90 -30 0 14`.

    Raises `ValueError` that names the part which is no whole number, or lies more than a year away.
    """
    stages = set()
    for part in text.replace(",", " ").split():
        if not re.fullmatch(r"[+-]?[0-9]+", part):
            raise ValueError(f"{part!r} is no whole number of days")
        stage = int(part)
        if abs(stage) > 365:
            raise ValueError(f"{part} lies more than a year from the due date")
        stages.add(stage)
    return tuple(sorted(stages))
