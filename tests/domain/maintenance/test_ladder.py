from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.maintenance.ladder import DEFAULT_STAGES, Ladder, Workdays, read_stages
from bot.domain.opening import OpeningCalendar

BERLIN = "Europe/Berlin"
SAXONY = Workdays(BERLIN, OpeningCalendar("", BERLIN, "DE", "SN").is_working_day)
EVERY_DAY = Workdays(BERLIN, lambda _day: True)
NEVER = Workdays(BERLIN, lambda _day: False)
DUE = date(2026, 6, 15)


def days_of(ladder: Ladder, due_on: date, workdays: Workdays) -> dict[int, date]:
    zone = ZoneInfo(workdays.time_zone)
    return {stage: at.astimezone(zone).date() for stage, at in ladder.moments(due_on, workdays)}


# ---- closed days ------------------------------------------------------------------------------------


def test_a_stage_before_the_due_date_moves_earlier_and_one_after_it_later() -> None:
    sunday_before, sunday_after = date(2026, 6, 7), date(2026, 6, 21)
    found = days_of(Ladder((-8, 6)), DUE, SAXONY)
    assert (sunday_before.weekday(), sunday_after.weekday()) == (6, 6)
    assert found == {-8: date(2026, 6, 5), 6: date(2026, 6, 22)}


def test_the_due_date_itself_moves_earlier() -> None:
    saturday = date(2026, 6, 13)
    assert days_of(Ladder((0,)), saturday, SAXONY) == {0: date(2026, 6, 12)}


def test_an_open_day_stays() -> None:
    assert days_of(Ladder((-3, 0, 1)), DUE, SAXONY) == {
        -3: date(2026, 6, 12),
        0: DUE,
        1: date(2026, 6, 16),
    }


def test_public_holidays_and_the_weekend_beside_them_are_left_out_together() -> None:
    """25 and 26 December 2026 are Friday and Saturday; the day of repentance is Saxony's own."""
    assert days_of(Ladder((0,)), date(2026, 12, 27), SAXONY) == {0: date(2026, 12, 24)}
    assert days_of(Ladder((1,)), date(2026, 12, 24), SAXONY) == {1: date(2026, 12, 28)}
    assert days_of(Ladder((0,)), date(2026, 11, 18), SAXONY) == {0: date(2026, 11, 17)}


def test_stages_may_fall_on_one_day() -> None:
    found = days_of(Ladder((-2, -1, 0)), date(2026, 6, 14), SAXONY)
    assert set(found.values()) == {date(2026, 6, 12)}


def test_who_is_closed_for_months_is_reminded_on_the_day_itself() -> None:
    assert days_of(Ladder((-7, 0, 7)), DUE, NEVER) == {
        stage: DUE + timedelta(days=stage) for stage in (-7, 0, 7)
    }
    assert (NEVER.before(DUE), NEVER.after(DUE)) == (DUE, DUE)


@pytest.mark.parametrize(("away", "is_found"), [(59, True), (60, False)])
def test_a_working_day_is_looked_for_within_60_days(away: int, is_found: bool) -> None:
    before, after = DUE - timedelta(days=away), DUE + timedelta(days=away)
    rare = Workdays(BERLIN, lambda day: day in (before, after))
    assert (rare.before(DUE), rare.after(DUE)) == ((before, after) if is_found else (DUE, DUE))


# ---- nine o'clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "utc"),
    [
        (BERLIN, "2026-03-28", "08:00"), (BERLIN, "2026-03-29", "07:00"), (BERLIN, "2026-03-30", "07:00"),
        (BERLIN, "2026-10-24", "07:00"), (BERLIN, "2026-10-25", "08:00"), (BERLIN, "2026-10-26", "08:00"),
        ("Europe/London", "2026-03-29", "08:00"), ("Europe/London", "2026-10-25", "09:00"),
        ("America/New_York", "2026-03-07", "14:00"), ("America/New_York", "2026-03-08", "13:00"),
        ("America/New_York", "2026-11-01", "14:00"),
        ("Australia/Sydney", "2026-04-04", "22:00"), ("Australia/Sydney", "2026-04-05", "23:00"),
        ("Australia/Sydney", "2026-10-04", "22:00"),
        ("Africa/Cairo", "2026-04-24", "06:00"), ("Africa/Cairo", "2026-10-30", "07:00"),
        ("Asia/Kolkata", "2026-06-15", "03:30"), ("Pacific/Kiritimati", "2026-01-01", "19:00"),
    ],
)  # fmt: skip
def test_it_is_nine_on_the_recipient_s_clock_also_when_the_clocks_change(
    zone: str, day: str, utc: str
) -> None:
    at = Workdays(zone, lambda _day: True).instant(date.fromisoformat(day))
    assert (at.tzinfo, f"{at:%H:%M}") == (UTC, utc)
    assert at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.combine(
        date.fromisoformat(day), time(9)
    )


def test_the_ladder_keeps_nine_o_clock_across_a_clock_change() -> None:
    found = dict(Ladder((-30, 0)).moments(date(2026, 4, 15), EVERY_DAY))
    assert found == {-30: datetime(2026, 3, 16, 8, tzinfo=UTC), 0: datetime(2026, 4, 15, 7, tzinfo=UTC)}


def test_stages_cross_the_year_and_the_leap_day() -> None:
    assert days_of(Ladder(), date(2028, 1, 31), EVERY_DAY) == {
        -90: date(2027, 11, 2),
        -60: date(2027, 12, 2),
        -30: date(2028, 1, 1),
        -7: date(2028, 1, 24),
        0: date(2028, 1, 31),
        14: date(2028, 2, 14),
        30: date(2028, 3, 1),
    }


# ---- which stage comes, and which have come -----------------------------------------------------------

zones = st.sampled_from(
    [BERLIN, "Europe/London", "America/New_York", "Australia/Sydney", "Africa/Cairo", "Asia/Kolkata"]
)
stage_sets = st.sets(st.integers(-120, 120), max_size=8).map(lambda stages: tuple(sorted(stages)))
due_days = st.dates(date(2025, 1, 1), date(2029, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> Workdays:
    """Draw somebody who works on some weekdays, and takes holidays."""
    weekdays = draw(st.sets(st.integers(0, 6)))
    first = draw(due_days)
    length = draw(st.integers(0, 100))
    away = {first + timedelta(days=days) for days in range(length)}
    return Workdays(draw(zones), lambda day: day.weekday() in weekdays and day not in away)


@given(stage_sets, due_days, calendars())
def test_moments_come_in_the_order_of_the_stages_and_on_the_right_side(
    stages: tuple[int, ...], due_on: date, workdays: Workdays
) -> None:
    moments = list(Ladder(stages).moments(due_on, workdays))
    assert [stage for stage, _ in moments] == list(stages)
    assert [at for _, at in moments] == sorted(at for _, at in moments)
    for stage, day in days_of(Ladder(stages), due_on, workdays).items():
        meant = due_on + timedelta(days=stage)
        assert (day <= meant) if stage <= 0 else (day >= meant)
        between = range(1, abs((day - meant).days))
        step = -1 if stage <= 0 else 1
        assert day == meant or workdays.is_working(day)
        assert day == meant or not workdays.is_working(meant)
        assert not any(workdays.is_working(meant + timedelta(days=step * away)) for away in between)


@given(stage_sets, due_days, calendars())
def test_going_from_stage_to_stage_meets_every_moment_once(
    stages: tuple[int, ...], due_on: date, workdays: Workdays
) -> None:
    ladder = Ladder(stages)
    met = []
    coming = ladder.next_after(None, due_on, workdays)
    while coming is not None:
        met.append(coming)
        coming = ladder.next_after(coming[0], due_on, workdays)
    assert met == list(ladder.moments(due_on, workdays))


@given(stage_sets, due_days, calendars(), st.integers(-200, 200), st.integers(0, 24 * 60))
def test_reached_are_the_first_stages_and_the_next_one_is_still_to_come(
    stages: tuple[int, ...], due_on: date, workdays: Workdays, days: int, minutes: int
) -> None:
    ladder = Ladder(stages)
    now = datetime.combine(due_on, time(), UTC) + timedelta(days=days, minutes=minutes)
    reached = ladder.reached(due_on, workdays, now)
    assert tuple(reached) == stages[: len(reached)]
    coming = ladder.next_after(reached[-1] if reached else None, due_on, workdays)
    assert (coming is None) == (len(reached) == len(stages))
    assert coming is None or coming[1] > now


def test_a_stage_is_reached_at_nine_sharp() -> None:
    nine = EVERY_DAY.instant(DUE)
    assert Ladder((0,)).reached(DUE, EVERY_DAY, nine) == [0]
    assert Ladder((0,)).reached(DUE, EVERY_DAY, nine - timedelta(microseconds=1)) == []


def test_the_zone_in_which_now_is_written_does_not_matter() -> None:
    nine = EVERY_DAY.instant(DUE).astimezone(ZoneInfo("Asia/Tokyo"))
    assert Ladder((0,)).reached(DUE, EVERY_DAY, nine) == [0]


def test_a_stage_that_the_ladder_no_longer_has_is_followed_by_the_later_ones() -> None:
    coming = Ladder((-30, 0)).next_after(-7, DUE, EVERY_DAY)
    assert coming is not None
    assert coming[0] == 0
    assert Ladder((-30, 0)).next_after(0, DUE, EVERY_DAY) is None


# ---- stages as people write them ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("-90 -60 -30 -7 0 14 30", DEFAULT_STAGES),
        ("-90,-60,-30,-7,0,14,30", DEFAULT_STAGES),
        (" 30,  0\n-30 ", (-30, 0, 30)),
        ("+14 14 014", (14,)),
        ("-0", (0,)),
        ("-365 365", (-365, 365)),
        ("", ()),
    ],
)
def test_stages_are_read_in_order_each_once(text: str, stages: tuple[int, ...]) -> None:
    assert read_stages(text) == stages


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-30 soon 0", "'soon' is no whole number of days"),
        ("7.5", "'7.5' is no whole number of days"),
        ("1_0", "'1_0' is no whole number of days"),
        ("- 30", "'-' is no whole number of days"),
        ("٣", "is no whole number of days"),
        ("-366", "-366 lies more than a year from the due date"),
        ("366", "366 lies more than a year from the due date"),
    ],
)
def test_a_stage_that_is_none_is_named(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_stages(text)


@given(stage_sets)
def test_what_is_written_is_read_again(stages: tuple[int, ...]) -> None:
    assert read_stages(" ".join(str(stage) for stage in stages)) == stages
