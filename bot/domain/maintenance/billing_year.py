"""A distributor's billing years: where they begin and end, and by when what was billed is remitted."""

from datetime import date, timedelta

from msgspec import Struct

from bot.domain.maintenance.period import anniversary

DEFAULT_REMIT_WITHIN_DAYS = 30
"""The scheme says "in its annual billing" and names no day: ours, for whoever agreed on nothing else."""
_LEAP_YEAR = 2024


class BillingYear(Struct, frozen=True):
    """One billing year, both days included. `number` is the calendar year in which it begins."""

    number: int
    begins_on: date
    ends_on: date
    remit_by: date

    def is_over(self, today: date) -> bool:
        """Say whether its last day is past."""
        return today > self.ends_on


class BillingCalendar(Struct, frozen=True):
    """When somebody's billing years begin, on a month and a day, and how long after their end it remits.

    A year that begins on 29 February begins on the 28th in common years.
    """

    month: int = 1
    day: int = 1
    remit_within_days: int = DEFAULT_REMIT_WITHIN_DAYS

    def year(self, number: int) -> BillingYear:
        """Return the billing year that begins in this calendar year."""
        ends_on = self._begin(number + 1) - timedelta(days=1)
        remit_by = ends_on + timedelta(days=self.remit_within_days)
        return BillingYear(number, self._begin(number), ends_on, remit_by)

    def year_of(self, day: date) -> BillingYear:
        """Return the billing year in which `day` lies."""
        return self.year(day.year if day >= self._begin(day.year) else day.year - 1)

    def last_over(self, today: date) -> BillingYear:
        """Return the latest billing year that is over."""
        return self.year(self.year_of(today).number - 1)

    def last_remittable(self, day: date) -> BillingYear:
        """Return the latest billing year whose remittance date is not after `day`."""
        return self.last_over(day - timedelta(days=self.remit_within_days - 1))

    def _begin(self, year: int) -> date:
        return anniversary(date(_LEAP_YEAR, self.month, self.day), year)


def read_year_start(text: str) -> tuple[int, int]:
    """Read month and day written as `04-01`; 1 January where nothing is written.

    Raises `ValueError` that says what is wrong.
    """
    if not text:
        return 1, 1
    month, _, day = text.partition("-")
    try:
        begin = date(_LEAP_YEAR, int(month), int(day))
    except ValueError:
        raise ValueError(f"{text!r} is no month and day, such as 04-01") from None
    return begin.month, begin.day


def billing_calendar(year_start: str, remit_within_days: int | None) -> BillingCalendar:
    """Return the calendar that a company's two settings mean; what is not set has its default."""
    days = DEFAULT_REMIT_WITHIN_DAYS if remit_within_days is None else remit_within_days
    return BillingCalendar(*read_year_start(year_start), days)
