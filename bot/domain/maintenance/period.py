"""Licence packages and their maintenance periods: one a year, due on the anniversary of the purchase."""

from calendar import isleap
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct


class Leg(StrEnum):
    """One of the two payments that a period may have.

    `PRACTICE` is what the practice pays, to its reseller or, as a direct customer, to the manufacturer.
    `REMITTANCE` is what the reseller passes on to the manufacturer; direct customers have none.
    """

    PRACTICE = "practice"
    REMITTANCE = "remittance"


class MaintenancePeriod(Struct, frozen=True):
    """One year of maintenance of one package. Who bills it was settled when it was opened.

    `anniversary_on` is when it begins; `due_on` is the same unless somebody agreed on another date.
    """

    anniversary_on: date
    due_on: date
    net_cents: int
    currency: str
    is_resold: bool

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The payments it has."""
        return (Leg.PRACTICE, Leg.REMITTANCE) if self.is_resold else (Leg.PRACTICE,)


def anniversary(bought_on: date, year: int) -> date:
    """Return the day in `year` that repeats `bought_on`; 29 February becomes the 28th in common years."""
    if (bought_on.month, bought_on.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return bought_on.replace(year=year)


def first_anniversary_from(bought_on: date, day: date) -> date:
    """Return the first anniversary on or after `day`; the purchase itself is none."""
    year = max(day.year, bought_on.year + 1)
    found = anniversary(bought_on, year)
    return found if found >= day else anniversary(bought_on, year + 1)


def anniversary_after(bought_on: date, day: date) -> date:
    """Return the first anniversary after `day`."""
    return first_anniversary_from(bought_on, day + timedelta(days=1))


def last_day(bought_on: date, anniversary_on: date) -> date:
    """Return the last day of the period that begins on `anniversary_on`."""
    return anniversary_after(bought_on, anniversary_on) - timedelta(days=1)
