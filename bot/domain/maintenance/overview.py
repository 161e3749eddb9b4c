"""What people see of renewals: lines, lists and figures, worked out from accounts and days."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.domain.maintenance.billing_year import BillingYear
from bot.domain.maintenance.entries import Account, Entry, EntryKind
from bot.domain.maintenance.period import Leg, last_day
from bot.domain.maintenance.state import State, Terms, state_on
from bot.domain.maintenance.vat import Charge, VatReason

OVER = frozenset({State.SETTLED, State.CANCELLED})


class Names(Struct, frozen=True):
    """What a period belongs to: the package's number, the practice, and the company that bills it."""

    package: str
    practice: str
    biller: str


class Line(Struct, frozen=True):
    """A maintenance period as a list shows it; `charge` is what the practice pays, `paid_cents` is gross.

    `is_claimed`: the practice says that it renewed, and whoever bills has not confirmed. `is_refused`: it
    says that it will not.
    """

    names: Names
    due_on: date
    state: State
    charge: Charge
    currency: str
    paid_cents: int = 0
    is_claimed: bool = False
    is_refused: bool = False

    @property
    def open_cents(self) -> int:
        """What is still to be paid, gross; nothing once it is settled or cancelled."""
        return 0 if self.state in OVER else max(0, self.charge.gross_cents - self.paid_cents)


def line_of(names: Names, account: Account, day: date, terms: Terms) -> Line:
    """Return the line of a period as it stands on `day`."""
    state = state_on(account, day, terms)
    is_open = state not in OVER
    return Line(
        names=names,
        due_on=account.due_on(day),
        state=state,
        charge=account.charge(Leg.PRACTICE, day),
        currency=account.period.currency,
        paid_cents=account.total(Leg.PRACTICE, EntryKind.PAID, day),
        is_claimed=is_open and account.has(EntryKind.CLAIMED, day),
        is_refused=is_open and account.has(EntryKind.NOT_RENEWING, day),
    )


class NextStep(StrEnum):
    """What a practice does about a package now."""

    NOTHING = "nothing"
    EXPECT_BILL = "expect-bill"
    PAY = "pay"
    RENEW = "renew"
    AWAIT = "await"
    TALK = "talk"
    ENDED = "ended"


_STEPS = {
    State.UPCOMING: NextStep.NOTHING,
    State.SETTLED: NextStep.NOTHING,
    State.DUE_SOON: NextStep.EXPECT_BILL,
    State.DUE: NextStep.PAY,
    State.OVERDUE: NextStep.PAY,
    State.LAPSED: NextStep.RENEW,
    State.CANCELLED: NextStep.ENDED,
}


def next_step(line: Line) -> NextStep:
    """Return what the practice does next; what it reported or refused goes before the date."""
    if line.is_claimed:
        return NextStep.AWAIT
    return NextStep.TALK if line.is_refused else _STEPS[line.state]


class Payment(Struct, frozen=True):
    """A payment of the practice, gross."""

    on: date
    amount_cents: int
    reference: str


class OwnPackage(Struct, frozen=True):
    """A package as its practice sees it. `line` is the period that matters now.

    `maintained_until` is the last day of maintenance. `also_open` counts later periods that are open as well
    and due by now.
    """

    line: Line
    maintained_until: date
    last_payment: Payment | None
    next_step: NextStep
    also_open: int = 0


def own_package(
    names: Names, bought_on: date, accounts: Sequence[Account], day: date, terms: Terms
) -> OwnPackage:
    """Return a package as its practice sees it on `day`.

    `accounts` are its periods, at least one, the earliest first. What matters is the earliest that is open,
    else the last one.
    """
    lines = [line_of(names, account, day, terms) for account in accounts]
    still_open = [line for line in lines if line.state not in OVER]
    line = next(iter(still_open), lines[-1])
    return OwnPackage(
        line=line,
        maintained_until=maintained_until(bought_on, accounts, day, terms),
        last_payment=_last_payment(accounts, day),
        next_step=next_step(line),
        also_open=sum(other.due_on <= day for other in still_open[1:]),
    )


def maintained_until(bought_on: date, accounts: Sequence[Account], day: date, terms: Terms) -> date:
    """Return the last day of the latest settled period; without one the day before the first begins."""
    settled = [account for account in accounts if state_on(account, day, terms) is State.SETTLED]
    if settled:
        return last_day(bought_on, settled[-1].period.anniversary_on)
    return accounts[0].period.anniversary_on - timedelta(days=1)


def _last_payment(accounts: Iterable[Account], day: date) -> Payment | None:
    paid = [entry for account in accounts for entry in account.standing(day) if entry.kind is EntryKind.PAID]
    last = max(paid, key=lambda entry: entry.on, default=None)
    return None if last is None else Payment(last.on, last.amount_cents, last.reference)


class Heading(StrEnum):
    """The lists of a company that bills."""

    TO_BILL = "to-bill"
    OVERDUE = "overdue"
    LAPSED = "lapsed"
    CLAIMED = "claimed"
    UNREACHABLE = "unreachable"


class Sum(Struct, frozen=True):
    """Net amounts in one currency, of `count` periods."""

    currency: str
    count: int
    net_cents: int


class LineList(Struct, frozen=True):
    """A list with its sums over all that belongs to it, and its first lines."""

    heading: Heading
    sums: tuple[Sum, ...]
    lines: tuple[Line, ...]

    @property
    def count(self) -> int:
        """How many periods belong to it, shown or not."""
        return sum(one.count for one in self.sums)


class Due(Struct, frozen=True):
    """What is due to be remitted on one day: `count` periods, and their amounts in cents together.

    `reported` of them are billed or paid as far as the distributor said; `remitted_cents` came in.
    """

    on: date
    count: int
    net_cents: int
    gross_cents: int
    reported: int = 0
    remitted_cents: int = 0


class Month(Struct, frozen=True):
    """What of a month's due dates is expected and was remitted, gross; `first` is its first day."""

    first: date
    expected_cents: int
    remitted_cents: int


class Remittances(Struct, frozen=True):
    """What one distributor owes the manufacturer in a billing year, by day, and what is open from before.

    `reason` is why it is charged this VAT, as the table has it on the latest of the days.
    """

    distributor: str
    year: BillingYear
    reason: VatReason
    currency: str
    days: tuple[Due, ...]
    missing_before_cents: int = 0

    @property
    def count(self) -> int:
        """How many periods are due in the year."""
        return sum(due.count for due in self.days)

    @property
    def net_cents(self) -> int:
        """What is expected, net."""
        return sum(due.net_cents for due in self.days)

    @property
    def gross_cents(self) -> int:
        """What is expected, gross."""
        return sum(due.gross_cents for due in self.days)

    @property
    def reported(self) -> int:
        """How many periods the distributor reported as billed or paid."""
        return sum(due.reported for due in self.days)

    @property
    def remitted_cents(self) -> int:
        """What was remitted."""
        return sum(due.remitted_cents for due in self.days)

    @property
    def missing_cents(self) -> int:
        """What is still to come, at least 0."""
        return max(0, self.gross_cents - self.remitted_cents)

    def is_silent(self, day: date) -> bool:
        """Say whether something was due by `day` and the distributor reported nothing at all."""
        return not self.reported and any(due.count and due.on <= day for due in self.days)


def by_month(remittances: Iterable[Remittances]) -> tuple[Month, ...]:
    """Add up by month of the due date, in order; months in which nothing is due are left out."""
    sums: dict[date, tuple[int, int]] = {}
    for one in remittances:
        for due in one.days:
            expected, remitted = sums.get(due.on.replace(day=1), (0, 0))
            sums[due.on.replace(day=1)] = (expected + due.gross_cents, remitted + due.remitted_cents)
    return tuple(Month(first, *sums[first]) for first in sorted(sums))


class Happening(Struct, frozen=True):
    """An entry in a package's history. `is_taken_back`: a later one corrected it."""

    entry: Entry
    is_taken_back: bool


class Chapter(Struct, frozen=True):
    """One period of a package with what happened, in the order it was recorded."""

    line: Line
    happenings: tuple[Happening, ...]


def chapter_of(line: Line, account: Account, legs: frozenset[Leg]) -> Chapter:
    """Return a period's history, of these legs alone: a practice does not see what its reseller remits."""
    standing = {entry.id for entry in account.standing()}
    shown = (
        Happening(entry, entry.id not in standing)
        for entry in account.entries
        if entry.leg in legs and entry.kind is not EntryKind.CORRECTION
    )
    return Chapter(line, tuple(shown))
