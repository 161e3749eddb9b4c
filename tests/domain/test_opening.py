from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from opening_hours import OpeningHours

from bot.domain import opening
from bot.domain.opening import LOOK_AHEAD, Availability, OpeningCalendar, is_opening_hours
from tests.builders import WEEKDAYS

BERLIN = ZoneInfo("Europe/Berlin")
SAXONY = OpeningCalendar(WEEKDAYS, "Europe/Berlin", "DE", "SN")
OPEN = Availability(is_open=True, opens_at=None)


def at(calendar: OpeningCalendar, local: str) -> Availability | None:
    """Ask for a wall-clock time in the calendar's own zone."""
    wall = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(calendar.time_zone))
    return calendar.at(wall.astimezone(UTC))


def closed_until(local: str, time_zone: str = "Europe/Berlin") -> Availability:
    wall = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(time_zone))
    return Availability(is_open=False, opens_at=wall.astimezone(UTC))


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-24T08:00", OPEN),
        ("2026-11-24T07:59:59", closed_until("2026-11-24T08:00")),
        ("2026-11-24T11:59:59", OPEN),
        ("2026-11-24T12:00", closed_until("2026-11-24T13:00")),
        ("2026-11-24T12:30", closed_until("2026-11-24T13:00")),
        ("2026-11-24T13:00", OPEN),
        ("2026-11-24T17:00", closed_until("2026-11-25T08:00")),
        ("2026-11-20T17:00", closed_until("2026-11-23T08:00")),
        ("2026-11-21T10:00", closed_until("2026-11-23T08:00")),
    ],
)
def test_on_working_days_it_opens_breaks_for_lunch_and_closes_on_the_minute(
    local: str, expected: Availability
) -> None:
    assert at(SAXONY, local) == expected


def test_the_day_of_repentance_is_closed_in_saxony_and_open_in_bavaria() -> None:
    bavaria = OpeningCalendar(WEEKDAYS, "Europe/Berlin", "DE", "BY")
    assert at(SAXONY, "2026-11-18T10:00") == closed_until("2026-11-19T08:00")
    assert at(SAXONY, "2026-11-17T17:00") == closed_until("2026-11-19T08:00")
    assert at(bavaria, "2026-11-18T10:00") == OPEN


def test_christmas_and_the_weekend_after_it_are_skipped_together() -> None:
    assert at(SAXONY, "2026-12-24T17:00") == closed_until("2026-12-28T08:00")


def test_new_year_belongs_to_the_holidays_looked_at_in_december() -> None:
    assert at(SAXONY, "2026-12-31T17:00") == closed_until("2027-01-04T08:00")


def test_without_a_country_public_holidays_are_working_days() -> None:
    assert at(OpeningCalendar(WEEKDAYS, "Europe/Berlin"), "2026-12-25T10:00") == OPEN


def test_a_country_without_known_holidays_has_none() -> None:
    assert at(OpeningCalendar(WEEKDAYS, "Europe/Berlin", "XX"), "2026-12-25T10:00") == OPEN


@pytest.mark.parametrize(
    ("closed_at", "opens_at"),
    [("2026-03-27T17:00", "2026-03-30T06:00"), ("2026-10-23T17:00", "2026-10-26T07:00")],
)
def test_eight_o_clock_is_eight_o_clock_after_the_clocks_change(closed_at: str, opens_at: str) -> None:
    found = at(SAXONY, closed_at)
    assert found == Availability(is_open=False, opens_at=datetime.fromisoformat(opens_at).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "utc", ["2026-03-29T00:59", "2026-03-29T01:00", "2026-10-25T00:30", "2026-10-25T01:30"]
)
def test_who_never_closes_is_open_in_the_hours_that_vanish_and_repeat(utc: str) -> None:
    always = OpeningCalendar("24/7", "Europe/Berlin")
    assert always.at(datetime.fromisoformat(utc).replace(tzinfo=UTC)) == OPEN


def test_a_night_shift_goes_on_past_midnight() -> None:
    night = OpeningCalendar("Fr 22:00-02:00", "Europe/Berlin")
    assert at(night, "2026-11-21T01:59") == OPEN
    assert at(night, "2026-11-21T02:00") == closed_until("2026-11-27T22:00")


def test_another_zone_keeps_its_own_clock() -> None:
    chicago = OpeningCalendar("Mo-Fr 09:00-17:00", "America/Chicago", "US")
    assert chicago.at(datetime(2026, 11, 24, 15, 0, tzinfo=UTC)) == OPEN
    before = chicago.at(datetime(2026, 11, 24, 14, 59, tzinfo=UTC))
    assert before == closed_until("2026-11-24T09:00", "America/Chicago")
    assert at(chicago, "2026-11-25T17:00") == closed_until("2026-11-27T09:00", "America/Chicago")


def test_the_instant_counts_and_not_the_zone_it_is_written_in() -> None:
    tokyo = datetime(2026, 11, 24, 17, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert SAXONY.at(tokyo) == SAXONY.at(tokyo.astimezone(UTC)) == OPEN


def test_without_hours_nothing_is_known() -> None:
    assert OpeningCalendar("", "Europe/Berlin", "DE", "SN").at(datetime(2026, 11, 24, tzinfo=UTC)) is None


def test_who_is_closed_for_longer_than_the_look_ahead_has_no_next_opening() -> None:
    december = OpeningCalendar("Dec 01-05 08:00-12:00", "Europe/Berlin")
    opening = datetime(2026, 12, 1, 8, tzinfo=BERLIN).astimezone(UTC)
    just_seen = opening - LOOK_AHEAD + timedelta(minutes=1)
    assert december.at(just_seen) == Availability(is_open=False, opens_at=opening)
    assert december.at(just_seen - timedelta(days=1)) == Availability(is_open=False, opens_at=None)


def test_round_the_clock_closes_on_public_holidays_only_where_they_are_known() -> None:
    assert at(OpeningCalendar("24/7", "Europe/Berlin"), "2026-12-25T10:00") == OPEN
    saxon = OpeningCalendar("24/7", "Europe/Berlin", "DE", "SN")
    assert at(saxon, "2026-12-24T23:59") == OPEN
    assert at(saxon, "2026-12-25T10:00") == closed_until("2026-12-27T00:00")


def test_only_what_can_be_read_is_opening_hours() -> None:
    assert is_opening_hours(WEEKDAYS)
    assert is_opening_hours("24/7")
    assert not is_opening_hours("weekdays from eight")


# ---- against a reference that is slow and obvious ------------------------------------------------

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
Table = tuple[tuple[int, time, time], ...]
"""A week: weekday (0 is Monday), opening and closing time."""

# Nobody's hours begin or end between two and three, when the clocks change: which of the two is meant is
# anybody's guess.
_times = st.sampled_from([time(hour, minute) for hour in (0, 1, *range(3, 24)) for minute in (0, 30)])
_rows = st.tuples(st.integers(0, 6), _times, _times).filter(lambda row: row[1] < row[2])
tables = st.lists(_rows, min_size=1, max_size=6).map(tuple)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)).map(  # noqa: DTZ001 - aware in UTC
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=UTC)
)


@cache
def saxon_holidays() -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="SN", years=range(2024, 2031)))


def calendar_of(table: Table) -> OpeningCalendar:
    hours = ",".join(f"{DAYS[day]} {start:%H:%M}-{end:%H:%M}" for day, start, end in table)
    return OpeningCalendar(hours.replace(",", ", "), "Europe/Berlin", "DE", "SN")


def is_in(table: Table, instant: datetime) -> bool:
    """Say whether the wall clock shows a minute of the table, on a day that is no holiday."""
    local = instant.astimezone(BERLIN)
    shown = local.time().replace(second=0, microsecond=0)
    return local.date() not in saxon_holidays() and any(
        day == local.weekday() and start <= shown < end for day, start, end in table
    )


@given(tables, instants)
@example(((6, time(0), time(23, 30)),), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
@example(((6, time(0), time(23, 30)),), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
@example(((6, time(1), time(3, 30)),), datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
@example(((6, time(1), time(3, 30)),), datetime(2026, 3, 29, 1, 0, tzinfo=UTC) - LOOK_AHEAD)
def test_it_is_open_exactly_in_the_minutes_of_the_table_that_are_no_holiday(
    table: Table, instant: datetime
) -> None:
    found = calendar_of(table).at(instant)
    assert found is not None
    assert found.is_open == is_in(table, instant)


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Santiago", "Asia/Beirut"])
def test_where_the_clock_leaves_midnight_out_it_still_says_when_it_opens(zone: str) -> None:
    calendar = OpeningCalendar("Mo-Su 09:00-17:00", zone)
    for hours in range(24 * 365 // 6):
        found = calendar.at(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=6 * hours))
        assert found is not None
        assert found.is_open or found.opens_at is not None


@given(tables, instants)
def test_it_opens_at_the_first_minute_that_is_open(table: Table, instant: datetime) -> None:
    found = calendar_of(table).at(instant)
    assert found is not None
    if found.is_open:
        assert found.opens_at is None
        return
    end = found.opens_at or instant + LOOK_AHEAD - timedelta(hours=1)
    assert found.opens_at is None or is_in(table, found.opens_at)
    half_hours = int((end - instant).total_seconds() // 1800) + 1
    first = instant.replace(minute=instant.minute // 30 * 30)
    between = (first + timedelta(minutes=30 * step) for step in range(half_hours + 1))
    assert not any(is_in(table, minute) for minute in between if instant <= minute < end)


# ---- working days ---------------------------------------------------------------------------------

OFFICE = OpeningCalendar("", "Europe/Berlin", "DE", "SN")


@pytest.mark.parametrize(
    ("calendar", "day", "is_working"),
    [
        (OFFICE, "2026-11-17", True),
        (OFFICE, "2026-11-18", False),  # the day of repentance
        (OFFICE, "2026-11-20", True),
        (OFFICE, "2026-11-21", False),
        (OFFICE, "2026-11-22", False),
        (OpeningCalendar("", "Europe/Berlin", "DE", "BY"), "2026-11-18", True),
        (OpeningCalendar("", "Europe/Berlin"), "2026-12-25", True),
        (OFFICE, "2026-12-25", False),
        (OFFICE, "2027-01-01", False),
        (SAXONY, "2026-11-17", True),
        (SAXONY, "2026-11-18", False),
        (SAXONY, "2026-11-21", False),
        (OpeningCalendar("Sa 09:00-09:30", "Europe/Berlin", "DE", "SN"), "2026-11-21", True),
        (OpeningCalendar("Sa 09:00-09:30", "Europe/Berlin", "DE", "SN"), "2026-11-20", False),
        (OpeningCalendar("Sa 09:00-09:30", "Europe/Berlin", "DE", "SN"), "2026-12-26", False),
        (OpeningCalendar("24/7", "Europe/Berlin", "DE", "SN"), "2026-11-22", True),
        (OpeningCalendar("24/7", "Europe/Berlin", "DE", "SN"), "2026-12-25", False),
        (OpeningCalendar("24/7", "Europe/Berlin"), "2026-12-31", True),
        (OpeningCalendar("Fr 22:00-02:00", "Europe/Berlin"), "2026-11-21", True),  # until two in the night
        (OpeningCalendar("Fr 22:00-24:00", "Europe/Berlin"), "2026-11-21", False),
        (OpeningCalendar("Mo-Fr 08:00-12:00; We off", "Europe/Berlin"), "2026-11-18", False),
        (OpeningCalendar("Feb 29 09:00-10:00", "Europe/Berlin"), "2028-02-29", True),
        (OpeningCalendar("Su 02:00-03:00", "Europe/Berlin"), "2026-03-29", False),  # that hour does not exist
        (OpeningCalendar("Su 02:00-03:00", "Europe/Berlin"), "2026-10-25", True),
    ],
)
def test_a_working_day_is_one_on_which_it_opens_at_all_and_no_public_holiday(
    calendar: OpeningCalendar, day: str, is_working: bool
) -> None:
    assert calendar.is_working_day(date.fromisoformat(day)) is is_working


@given(tables, st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_a_working_day_is_one_with_an_open_minute(table: Table, day: date) -> None:
    has_hours = any(weekday == day.weekday() for weekday, _, _ in table)
    assert calendar_of(table).is_working_day(day) == (has_hours and day not in saxon_holidays())


@given(tables, instants)
def test_whoever_is_open_has_a_working_day(table: Table, instant: datetime) -> None:
    found = calendar_of(table).at(instant)
    assert found is not None
    if found.is_open:
        assert calendar_of(table).is_working_day(instant.astimezone(BERLIN).date())


def test_asking_for_ten_years_of_days_reads_the_hours_once_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    parsed = opening._parsed

    def counting(hours: str, time_zone: str) -> OpeningHours:
        read.append(hours)
        return parsed(hours, time_zone)

    monkeypatch.setattr(opening, "_parsed", counting)
    calendar = OpeningCalendar("Mo-Fr 08:00-11:59", "Europe/Berlin", "DE", "SN")
    days = [date(2030, 1, 1) + timedelta(days=count) for count in range(3650)]
    assert 2500 < sum(calendar.is_working_day(day) for day in days) < 2600
    assert len(read) == 10


AWAY = replace(SAXONY, closed=((date(2026, 11, 24), date(2026, 11, 26)),))


def test_on_days_of_its_own_it_is_closed_and_opens_the_day_after_the_last() -> None:
    thursday = at(AWAY, "2026-11-26T10:00")
    assert thursday == Availability(is_open=False, opens_at=datetime(2026, 11, 27, 7, tzinfo=UTC))
    assert at(AWAY, "2026-11-23T10:00") == OPEN


def test_its_closed_days_are_no_working_days_and_hold_no_working_time() -> None:
    week = [date(2026, 11, 23) + timedelta(days=n) for n in range(5)]
    assert [AWAY.is_working_day(day) for day in week] == [True, False, False, False, True]
    assert not replace(OFFICE, closed=AWAY.closed).is_working_day(date(2026, 11, 24))
    spans = AWAY.open_spans(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC))
    assert {start.date() for start, _ in spans} == {date(2026, 11, 23), date(2026, 11, 27)}
