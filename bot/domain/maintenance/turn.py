"""What becomes of a reminder whose time has come: said, replaced by a later one, or moved."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.domain.maintenance.ladder import Ladder, Workdays

ASKED = "asked-"
"""How the stage begins that a recipient chose, such as `asked-2026-12-01`."""
WITHDRAWN = "withdrawn"
"""The stage that takes a cancelled period out of calendars again."""
LAST_SENDING = time(18)
"""What is late, after downtime, is not said at night either: it waits for the next morning."""


class Turn(Struct, frozen=True):
    """What is said now (`None`: nothing), what it replaces, and what comes next with its moment."""

    said: str | None
    superseded: tuple[str, ...]
    coming: tuple[str, datetime] | None


def asked_stage(day: date) -> str:
    """Write the stage of a day that the recipient chose."""
    return f"{ASKED}{day.isoformat()}"


def turn(
    ladder: Ladder, due_on: date, workdays: Workdays, *, dealt: AbstractSet[str], asked: str, now: datetime
) -> Turn:
    """Return what to do at `now` (aware), of stages of which those in `dealt` are done for this due date.

    Of several stages whose moment has come only the last is said; a stage that was `asked` for (empty: none)
    stands for all of them. Outside sending hours nothing is said, and the stage moves to the next ones.
    """
    reached = ladder.reached(due_on, workdays, now)
    last = _last_done(dealt)
    fresh = [str(stage) for stage in reached if last is None or stage > last]
    is_asked = bool(asked) and asked not in dealt
    said = asked if is_asked else next(reversed(fresh), None)
    if said is not None and not is_sending_time(workdays, now):
        return Turn(None, (), (said, next_sending(workdays, now)))
    return Turn(
        said=said,
        superseded=tuple(stage for stage in fresh if stage != said),
        coming=_following(ladder, due_on, workdays, last, reached),
    )


def upcoming(
    ladder: Ladder, due_on: date, workdays: Workdays, dealt: AbstractSet[str], now: datetime
) -> tuple[str, datetime] | None:
    """Return the stage to come with its moment; `None` at the end of the ladder.

    One whose moment has passed is set for the next sending time.
    """
    reached, last = ladder.reached(due_on, workdays, now), _last_done(dealt)
    if reached and (last is None or reached[-1] > last):
        return str(reached[-1]), next_sending(workdays, now)
    return _following(ladder, due_on, workdays, last, reached)


def is_sending_time(workdays: Workdays, now: datetime) -> bool:
    """Say whether a reminder may be said at `now`: on a working day, between nine and eighteen o'clock."""
    local = now.astimezone(ZoneInfo(workdays.time_zone))
    begins = workdays.instant(local.date())
    return begins <= now and local.time() < LAST_SENDING and workdays.after(local.date()) == local.date()


def next_sending(workdays: Workdays, now: datetime) -> datetime:
    """Return the first moment after `now` at which reminders are sent (aware UTC)."""
    today = now.astimezone(ZoneInfo(workdays.time_zone)).date()
    at = workdays.instant(workdays.after(today))
    return at if at > now else workdays.instant(workdays.after(today + timedelta(days=1)))


def _last_done(dealt: AbstractSet[str]) -> int | None:
    """Return the last stage of a ladder that was dealt with, also of a ladder that has changed since."""
    stages = (stage for stage in dealt if stage != WITHDRAWN and not stage.startswith(ASKED))
    return max(map(int, stages), default=None)


def _following(
    ladder: Ladder, due_on: date, workdays: Workdays, last: int | None, reached: list[int]
) -> tuple[str, datetime] | None:
    done = max([*reached, *([] if last is None else [last])], default=None)
    following = ladder.next_after(done, due_on, workdays)
    return None if following is None else (str(following[0]), following[1])
