from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.maintenance.billing_year import BillingCalendar, billing_calendar, read_year_start

DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
STARTS = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: (day.month, day.day))


def test_a_billing_year_is_the_calendar_year_and_remitted_within_thirty_days_unless_agreed() -> None:
    year = billing_calendar("", None).year(2026)
    assert (year.begins_on, year.ends_on) == (date(2026, 1, 1), date(2026, 12, 31))
    assert year.remit_by == date(2027, 1, 30)


def test_a_billing_year_may_begin_on_another_day_and_be_remitted_at_once() -> None:
    year = billing_calendar("04-01", 0).year(2026)
    assert (year.begins_on, year.ends_on) == (date(2026, 4, 1), date(2027, 3, 31))
    assert year.remit_by == date(2027, 3, 31)


def test_a_year_that_begins_on_29_february_begins_on_the_28th_in_common_years() -> None:
    calendar = billing_calendar("02-29", None)
    assert (calendar.year(2027).begins_on, calendar.year(2027).ends_on) == (
        date(2027, 2, 28),
        date(2028, 2, 28),
    )
    assert calendar.year(2028).begins_on == date(2028, 2, 29)
    assert calendar.year_of(date(2028, 2, 28)).number == 2027
    assert calendar.year_of(date(2027, 2, 28)).number == 2027


@given(STARTS, DAYS)
def test_every_day_lies_in_exactly_one_year(start: tuple[int, int], day: date) -> None:
    calendar = BillingCalendar(*start)
    year = calendar.year_of(day)
    assert year.begins_on <= day <= year.ends_on
    assert calendar.year(year.number + 1).begins_on == year.ends_on + timedelta(days=1)


def test_a_year_is_over_on_the_day_after_its_last() -> None:
    year = BillingCalendar().year(2026)
    assert not year.is_over(date(2026, 12, 31))
    assert year.is_over(date(2027, 1, 1))


@given(STARTS, DAYS, st.integers(0, 800))
def test_the_last_remittable_year_is_the_last_whose_date_has_come(
    start: tuple[int, int], day: date, within: int
) -> None:
    calendar = BillingCalendar(*start, within)
    found = calendar.last_remittable(day)
    assert found.remit_by <= day < calendar.year(found.number + 1).remit_by


@pytest.mark.parametrize("text", ["13-01", "02-30", "April", "4", "-", "04-01-01"])
def test_what_is_no_month_and_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no month and day"):
        read_year_start(text)
