from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.escalation.clocks import (
    Alarm,
    ClockKind,
    TargetClock,
    due_at,
    morning_after,
    working_time,
)
from bot.domain.opening import OpeningCalendar
from tests.builders import MORNING, WEEKDAYS

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = OpeningCalendar(WEEKDAYS, "Europe/Berlin", "DE", "SN")
NIGHT = OpeningCalendar("Mo-Su 00:00-24:00", "Europe/Berlin")
"""Open through the hour that is skipped in spring and through the one that repeats in autumn."""
UNSTATED = OpeningCalendar("", "Europe/Berlin", "DE", "SN")
NEVER = OpeningCalendar("off", "Europe/Berlin")
MINUTE = timedelta(minutes=1)

HOURS = {
    OFFICE: ((0, 1, 2, 3, 4), (480, 720), (780, 1020)),
    NIGHT: (tuple(range(7)), (0, 1440)),
    UNSTATED: ((0, 1, 2, 3, 4), (540, 1020)),
}
"""The same hours once more, as weekdays and minutes of the day: what the reference goes by."""
ANCHORS = [
    datetime(2026, 3, 28, 20, 0, tzinfo=UTC),  # the night in which an hour is skipped
    datetime(2026, 10, 24, 20, 0, tzinfo=UTC),  # the night in which an hour repeats
    datetime(2026, 12, 23, 9, 0, tzinfo=UTC),  # Christmas and the turn of the year
    datetime(2026, 11, 17, 9, 0, tzinfo=UTC),  # the day before Saxony's own holiday
    datetime(2026, 5, 13, 9, 0, tzinfo=UTC),  # the day before Ascension
]


@cache
def is_holiday(calendar: OpeningCalendar, day: date) -> bool:
    return bool(calendar.country) and day in holidays.country_holidays("DE", subdiv="SN", years=day.year)


def is_open(calendar: OpeningCalendar, minute: datetime) -> bool:
    """Say whether the minute that begins here (UTC) is working time, by the clock on the wall alone."""
    local = minute.astimezone(BERLIN)
    weekdays, *spans = HOURS[calendar]
    if local.weekday() not in weekdays or is_holiday(calendar, local.date()):
        return False
    of_day = local.hour * 60 + local.minute
    return any(first <= of_day < last for first, last in spans)


def reference_due(calendar: OpeningCalendar, start: datetime, minutes: int) -> datetime:
    """Count working minutes one by one."""
    at, left = start, minutes
    while left or not is_open(calendar, at):
        left -= is_open(calendar, at)
        at += MINUTE
        if left == 0 and minutes:
            return at
    return at


def reference_working(calendar: OpeningCalendar, start: datetime, end: datetime) -> int:
    return sum(is_open(calendar, start + MINUTE * count) for count in range(int((end - start) / MINUTE)))


CALENDARS = st.sampled_from([OFFICE, NIGHT, UNSTATED])
STARTS = st.builds(
    lambda anchor, minutes: anchor + MINUTE * minutes,
    st.sampled_from(ANCHORS),
    st.integers(0, 3 * 24 * 60),
)
MINUTES = st.integers(0, 2000)


@given(CALENDARS, STARTS, MINUTES)
@example(NIGHT, ANCHORS[0], 600)
@example(NIGHT, ANCHORS[1], 600)
def test_what_is_due_is_what_counting_minutes_says(
    calendar: OpeningCalendar, start: datetime, minutes: int
) -> None:
    assert due_at(calendar, start, MINUTE * minutes) == reference_due(calendar, start, minutes)


@given(CALENDARS, STARTS, st.integers(0, 6000))
@example(NIGHT, ANCHORS[0], 600)
@example(NIGHT, ANCHORS[1], 600)
def test_the_time_between_is_what_counting_minutes_says(
    calendar: OpeningCalendar, start: datetime, minutes: int
) -> None:
    end = start + MINUTE * minutes
    assert working_time(calendar, start, end) == MINUTE * reference_working(calendar, start, end)


@given(CALENDARS, STARTS, MINUTES, st.integers(1, 2000))
def test_two_stretches_after_each_other_are_as_long_as_both(
    calendar: OpeningCalendar, start: datetime, first: int, second: int
) -> None:
    middle = due_at(calendar, start, MINUTE * first)
    assert middle is not None
    assert due_at(calendar, middle, MINUTE * second) == due_at(calendar, start, MINUTE * (first + second))


@given(CALENDARS, STARTS, MINUTES, st.integers(0, 500), st.integers(0, 500))
def test_who_begins_later_or_takes_longer_is_never_due_sooner(
    calendar: OpeningCalendar, start: datetime, minutes: int, later: int, longer: int
) -> None:
    due = due_at(calendar, start, MINUTE * minutes)
    assert due is not None
    assert due <= (due_at(calendar, start + MINUTE * later, MINUTE * minutes) or due)
    assert due <= (due_at(calendar, start, MINUTE * (minutes + longer)) or due)


@given(CALENDARS, STARTS, st.integers(1, 2000))
def test_it_is_never_due_in_closed_time_and_as_much_passes_until_then(
    calendar: OpeningCalendar, start: datetime, minutes: int
) -> None:
    due = due_at(calendar, start, MINUTE * minutes)
    assert due is not None
    assert is_open(calendar, due - MINUTE)
    assert working_time(calendar, start, due) == MINUTE * minutes


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        # Outside the hours it begins with the next ones.
        ("2026-11-24T23:00", 60, "2026-11-25T09:00"),
        # Two working days of eight hours.
        ("2026-11-24T08:00", 960, "2026-11-25T17:00"),
        # Over the weekend, and over the Day of Repentance, which is Saxony's own.
        ("2026-11-20T16:30", 60, "2026-11-23T08:30"),
        ("2026-11-17T16:30", 60, "2026-11-19T08:30"),
        # Christmas, New Year.
        ("2026-12-24T16:00", 120, "2026-12-28T09:00"),
        ("2026-12-31T16:00", 120, "2027-01-04T09:00"),
    ],
)
def test_known_days(start: str, minutes: int, due: str) -> None:
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=BERLIN) for text in (start, due))
    assert due_at(OFFICE, begin, MINUTE * minutes) == end.astimezone(UTC)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_of_a_clock_change_has_the_hours_that_it_has(day: str, hours: int) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=BERLIN)
    assert working_time(NIGHT, midnight, midnight + timedelta(days=1)) == timedelta(hours=hours)


def test_who_never_opens_has_nothing_due() -> None:
    assert due_at(NEVER, MORNING, MINUTE) is None
    assert morning_after(NEVER, MORNING) is None


def test_what_is_used_up_is_due_when_the_company_opens() -> None:
    closed = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    assert due_at(OFFICE, closed, timedelta(hours=-2)) == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "count", "opens"),
    [
        ("2026-11-24T07:00", 1, "2026-11-25T08:00"),
        ("2026-11-24T10:00", 1, "2026-11-25T08:00"),
        ("2026-11-24T23:30", 1, "2026-11-25T08:00"),
        ("2026-11-20T10:00", 1, "2026-11-23T08:00"),
        ("2026-11-17T10:00", 1, "2026-11-19T08:00"),
        ("2026-11-24T10:00", 5, "2026-12-01T08:00"),
        ("2026-12-23T10:00", 3, "2026-12-29T08:00"),
    ],
)
def test_working_mornings(start: str, count: int, opens: str) -> None:
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=BERLIN) for text in (start, opens))
    assert morning_after(OFFICE, begin, count) == end.astimezone(UTC)


# ---- promises --------------------------------------------------------------------------------------


def hour(count: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, count - 1, minute, tzinfo=UTC)


def test_a_promise_is_heard_of_at_three_quarters_when_due_and_a_quarter_later() -> None:
    clock = TargetClock(ClockKind.SOLUTION, MINUTE * 80, hour(8))
    heard = []
    while (found := clock.next_alarm(OFFICE)) is not None:
        heard.append(found)
        clock = TargetClock(clock.kind, clock.target, clock.since, said=clock.said | {found[0]})
    assert heard == [(Alarm.OWNER, hour(9)), (Alarm.CHANNEL, hour(9, 20)), (Alarm.LEAD, hour(9, 40))]


@given(st.lists(st.integers(0, 300), max_size=6), st.integers(1, 1000))
def test_however_often_it_stood_still_only_what_counted_is_used(pauses: list[int], target: int) -> None:
    """Each number is how long it counts, then how long it stands still."""
    clock, now, counted = TargetClock(ClockKind.SOLUTION, MINUTE * target, hour(8)), hour(8), timedelta()
    for minutes in pauses:
        counted += working_time(OFFICE, now, now + MINUTE * minutes)
        now += MINUTE * minutes
        clock = clock.stopped(OFFICE, now)
        assert (clock.used, clock.due_at(OFFICE), clock.next_alarm(OFFICE)) == (counted, None, None)
        now += MINUTE * minutes
        clock = clock.going(now)
    assert clock.due_at(OFFICE) == due_at(OFFICE, now, MINUTE * target - counted)


def test_stopping_twice_and_going_twice_change_nothing() -> None:
    clock = TargetClock(ClockKind.RESPONSE, MINUTE * 60, hour(8))
    assert clock.going(hour(9)) == clock
    stopped = clock.stopped(OFFICE, hour(9))
    assert stopped.stopped(OFFICE, hour(10)) == stopped
