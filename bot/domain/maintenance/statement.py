"""What a distributor bills and remits in a billing year, and what changed since it said so before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.maintenance.billing_year import BillingCalendar, BillingYear
from bot.domain.maintenance.entries import Account, EntryKind
from bot.domain.maintenance.period import Leg, last_day
from bot.domain.maintenance.vat import VatReason


class Mark(StrEnum):
    """Why nothing is owed for a period; `NONE` where it is owed."""

    NONE = ""
    CANCELLED = "cancelled"
    WAIVED = "waived"


class Amounts(Struct, frozen=True):
    """The money of a line or of many, in cents; in a change, the differences.

    `net_cents` and `vat_cents` are to be remitted; `billed_cents` and `collected_cents` are gross and lie
    between the distributor and its practices.
    """

    net_cents: int = 0
    vat_cents: int = 0
    billed_cents: int = 0
    collected_cents: int = 0
    remitted_cents: int = 0

    @property
    def gross_cents(self) -> int:
        """What is to be remitted, VAT included."""
        return self.net_cents + self.vat_cents

    @property
    def open_cents(self) -> int:
        """What is still to be remitted; negative where too much was."""
        return self.gross_cents - self.remitted_cents

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(*(mine + theirs for mine, theirs in zip(self._all(), other._all(), strict=True)))

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(*(mine - theirs for mine, theirs in zip(self._all(), other._all(), strict=True)))

    def _all(self) -> tuple[int, ...]:
        return (
            self.net_cents,
            self.vat_cents,
            self.billed_cents,
            self.collected_cents,
            self.remitted_cents,
        )


NOTHING = Amounts()


class Line(Struct, frozen=True):
    """A maintenance period in a statement: how it stands, or (`is_adjustment`) what changed about it."""

    period_id: int
    practice: str
    package: str
    begins_on: date
    ends_on: date
    due_on: date
    mark: Mark
    vat_reason: VatReason
    amounts: Amounts
    is_adjustment: bool = False


class StatedPeriod(Struct, frozen=True):
    """A resold maintenance period with its account and with what it belongs to."""

    period_id: int
    practice: str
    package: str
    bought_on: date
    account: Account


class Statement(Struct, frozen=True):
    """A distributor's statement of a billing year: a draft, unless it was sent.

    `lines` are the periods due in the year, `changes` what came after earlier statements, `carried_cents`
    what was still to be remitted by those. It is a statement, and no invoice.
    """

    distributor: str
    manufacturer: str
    year: BillingYear
    currency: str
    lines: tuple[Line, ...]
    changes: tuple[Line, ...]
    carried_cents: int
    sent_on: date | None = None

    @property
    def total(self) -> Amounts:
        """The sum of the year's own periods."""
        return total(self.lines)

    @property
    def changed(self) -> Amounts:
        """The sum of the changes."""
        return total(self.changes)

    @property
    def to_remit_cents(self) -> int:
        """What is still to be remitted, by this statement and all before it."""
        return self.carried_cents + self.changed.open_cents + self.total.open_cents


def total(lines: Iterable[Line]) -> Amounts:
    """Return the sum of lines."""
    return sum((line.amounts for line in lines), NOTHING)


def line_of(stated: StatedPeriod) -> Line:
    """Return how a period stands. Cancelled and waived ones owe nothing, whatever was remitted."""
    account, period = stated.account, stated.account.period
    charge, mark = account.charge(Leg.REMITTANCE), _mark(account)
    is_owed = mark is Mark.NONE
    return Line(
        period_id=stated.period_id,
        practice=stated.practice,
        package=stated.package,
        begins_on=period.anniversary_on,
        ends_on=last_day(stated.bought_on, period.anniversary_on),
        due_on=period.due_on,
        mark=mark,
        vat_reason=charge.vat.reason,
        amounts=Amounts(
            net_cents=charge.net_cents if is_owed else 0,
            vat_cents=charge.vat_cents if is_owed else 0,
            billed_cents=account.total(Leg.PRACTICE, EntryKind.BILLED),
            collected_cents=account.total(Leg.PRACTICE, EntryKind.PAID),
            remitted_cents=account.total(Leg.REMITTANCE, EntryKind.REMITTED),
        ),
    )


def lines_and_changes(
    number: int,
    calendar: BillingCalendar,
    periods: Iterable[StatedPeriod],
    sent: Sequence[Line],
    sent_years: Collection[int],
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return the lines of billing year `number` and the changes since the lines that were `sent`.

    A period has one line, in the statement of the year in which it was due then; whatever happens to it
    afterwards is a change. So is the whole of a period that came to light when its year had been sent.
    """
    stated = frozen_amounts(sent)
    lines, changes = [], []
    for line in map(line_of, periods):
        year = calendar.year_of(line.due_on).number
        if line.period_id in stated or year in sent_years:
            difference = line.amounts - stated.get(line.period_id, NOTHING)
            if difference != NOTHING:
                changes.append(replace(line, amounts=difference, is_adjustment=True))
        elif year == number:
            lines.append(line)
    return in_order(lines), in_order(changes)


def frozen_amounts(sent: Iterable[Line]) -> Mapping[int, Amounts]:
    """Return what sent lines say of each period, changes included."""
    stated: dict[int, Amounts] = {}
    for line in sent:
        stated[line.period_id] = stated.get(line.period_id, NOTHING) + line.amounts
    return stated


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return lines in the order in which they are read: by practice, package and due date."""
    return tuple(
        sorted(lines, key=lambda line: (line.practice.casefold(), line.package, line.due_on, line.period_id))
    )


def _mark(account: Account) -> Mark:
    if account.has(EntryKind.CANCELLED):
        return Mark.CANCELLED
    return Mark.WAIVED if account.has(EntryKind.WAIVED) else Mark.NONE
