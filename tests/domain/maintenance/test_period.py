from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.maintenance.period import (
    Leg,
    anniversary,
    anniversary_after,
    first_anniversary_from,
    last_day,
)
from tests.domain.maintenance.small import period

LEAP_DAY = date(2024, 2, 29)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("bought_on", "year", "expected"),
    [
        (date(2023, 5, 17), 2026, date(2026, 5, 17)),
        (date(2023, 12, 31), 2026, date(2026, 12, 31)),
        (date(2023, 1, 1), 2026, date(2026, 1, 1)),
        (LEAP_DAY, 2027, date(2027, 2, 28)),
        (LEAP_DAY, 2028, LEAP_DAY.replace(year=2028)),
        (LEAP_DAY, 2100, date(2100, 2, 28)),
        (date(2023, 2, 28), 2028, date(2028, 2, 28)),
    ],
)
def test_the_anniversary_repeats_the_purchase(bought_on: date, year: int, expected: date) -> None:
    assert anniversary(bought_on, year) == expected


@pytest.mark.parametrize(
    ("bought_on", "day", "expected"),
    [
        (date(2026, 5, 17), date(2026, 5, 17), date(2027, 5, 17)),
        (date(2026, 5, 17), date(2020, 1, 1), date(2027, 5, 17)),
        (date(2023, 5, 17), date(2026, 5, 17), date(2026, 5, 17)),
        (date(2023, 5, 17), date(2026, 5, 18), date(2027, 5, 17)),
        (date(2023, 12, 31), date(2026, 12, 31), date(2026, 12, 31)),
        (date(2023, 1, 1), date(2026, 12, 31), date(2027, 1, 1)),
        (LEAP_DAY, date(2027, 2, 28), date(2027, 2, 28)),
        (LEAP_DAY, date(2027, 3, 1), LEAP_DAY.replace(year=2028)),
        (LEAP_DAY, date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_the_first_anniversary_is_never_the_purchase_itself(
    bought_on: date, day: date, expected: date
) -> None:
    assert first_anniversary_from(bought_on, day) == expected


def test_the_period_of_a_leap_day_s_purchase_ends_before_the_next_one_begins() -> None:
    assert last_day(LEAP_DAY, date(2027, 2, 28)) == date(2028, 2, 28)
    assert last_day(LEAP_DAY, date(2028, 2, 29)) == date(2029, 2, 27)


def test_a_period_from_new_year_ends_on_new_year_s_eve() -> None:
    assert last_day(date(2023, 1, 1), date(2026, 1, 1)) == date(2026, 12, 31)


@given(days, days)
@example(LEAP_DAY, date(2026, 2, 28))
@example(LEAP_DAY, date(2028, 2, 28))
def test_the_first_anniversary_is_found_by_looking_at_every_day(bought_on: date, day: date) -> None:
    def is_anniversary(one: date) -> bool:
        if one.year <= bought_on.year:
            return False
        tomorrow = one + timedelta(days=1)
        is_stand_in = (bought_on.month, bought_on.day) == (2, 29) and (tomorrow.month, tomorrow.day) == (3, 1)
        return (one.month, one.day) == (bought_on.month, bought_on.day) or is_stand_in

    looked_at = max(day, date(bought_on.year + 1, 1, 1))
    while not is_anniversary(looked_at):
        looked_at += timedelta(days=1)
    assert first_anniversary_from(bought_on, day) == looked_at


@given(days, st.integers(1, 40))
def test_periods_follow_each_other_without_gap_or_overlap(bought_on: date, years: int) -> None:
    begins = anniversary(bought_on, bought_on.year + years)
    following = anniversary_after(bought_on, begins)
    assert last_day(bought_on, begins) + timedelta(days=1) == following
    assert following == anniversary(bought_on, begins.year + 1)
    assert 365 <= (following - begins).days <= 366


def test_only_what_was_resold_is_remitted() -> None:
    assert period(is_resold=True).legs == (Leg.PRACTICE, Leg.REMITTANCE)
    assert period(is_resold=False).legs == (Leg.PRACTICE,)
