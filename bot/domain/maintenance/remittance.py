"""What the manufacturer expects of its distributors for a billing year, and what is missing."""

from collections.abc import Callable
from datetime import date

from msgspec import Struct

from bot.domain.maintenance.billing_year import BillingYear
from bot.domain.maintenance.statement import NOTHING, Amounts, Line, total

STAGES = (0, 14)
"""Days from the remittance date on which is heard what was not remitted."""


class DistributorYear(Struct, frozen=True):
    """How a distributor's billing year stands today. `reported` is `None` when it sent no statement.

    `reported` is what its statements say of the year's periods, `lines` is how these stand now.
    """

    slug: str
    distributor: str
    year: BillingYear
    currency: str
    lines: tuple[Line, ...]
    reported: Amounts | None
    sent_on: date | None = None
    is_reachable: bool = True

    @property
    def expected(self) -> Amounts:
        """How all its periods stand."""
        return total(self.lines)

    @property
    def gaps(self) -> tuple[Line, ...]:
        """The periods of which something is still to be remitted."""
        return tuple(line for line in self.lines if line.amounts.open_cents > 0)

    @property
    def missing_cents(self) -> int:
        """What is still to be remitted. What was remitted too much for one period pays for no other."""
        return sum(line.amounts.open_cents for line in self.gaps)

    @property
    def lacks_statement(self) -> bool:
        """Say whether there is something to state and no statement was sent."""
        return self.reported is None and bool(self.lines)

    def is_late(self, today: date) -> bool:
        """Say whether its remittance date is past and something is missing."""
        return today > self.year.remit_by and self.missing_cents > 0


class YearSum(Struct, frozen=True):
    """The billing years of one number, of all distributors, by name."""

    number: int
    currency: str
    distributors: tuple[DistributorYear, ...]

    @property
    def expected(self) -> Amounts:
        """How all periods stand."""
        return _sum(self, lambda one: one.expected)

    @property
    def reported(self) -> Amounts:
        """What all statements say."""
        return _sum(self, lambda one: one.reported or NOTHING)

    @property
    def missing_cents(self) -> int:
        """What is still to be remitted."""
        return sum(one.missing_cents for one in self.distributors)


def _sum(year: YearSum, part: Callable[[DistributorYear], Amounts]) -> Amounts:
    return sum((part(one) for one in year.distributors), NOTHING)
