"""Opening maintenance periods: the first when a package becomes known, then one a year."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from bot.domain.maintenance.period import anniversary_after, first_anniversary_from
from bot.domain.scheme import Category, Fee, Provider, SupportScheme
from bot.services.renewals.arming import arm
from bot.storage.queries import maintenance as stored
from bot.storage.tables import CompanyRow, LicencePackageRow, MaintenancePeriodRow, PracticeRow

AT_ONCE = 500


class NoMaintenanceFeeError(Exception):
    """The scheme names no amount for software maintenance, so no period can be opened."""


def open_from(
    session: Session, scheme: SupportScheme, package: LicencePackageRow, first_due: date, today: date
) -> list[int]:
    """Open a stored package's periods, from the first anniversary from `first_due` on to the next to come.

    Returns the keys of the new periods; they are not armed yet. A package that ended gets none that begins
    after its end. Raises `NoMaintenanceFeeError`.
    """
    return open_all(session, scheme, [(package, first_due)], today)


def open_all(
    session: Session,
    scheme: SupportScheme,
    packages: Sequence[tuple[LicencePackageRow, date]],
    today: date,
) -> list[int]:
    """Do the same for many packages at once, each with the day from which on it is to be maintained."""
    fee, billers = maintenance_fee(scheme), _Billers(session)
    opened = []
    for package, first_due in packages:
        biller = billers.of(package)
        days = list(_anniversaries(package, first_due, today))
        opened += [_period(package, day, biller, fee) for day in days]
        package.next_period_on = continues_on(package, days[-1] if days else None)
    session.add_all(opened)
    session.flush()
    return [row.id or 0 for row in opened]


def _period(package: LicencePackageRow, day: date, biller: CompanyRow, fee: Fee) -> MaintenancePeriodRow:
    return MaintenancePeriodRow(
        package_id=package.id or 0,
        anniversary_on=day,
        due_on=day,
        net_cents=fee.net_cents or 0,
        currency=fee.currency or "",
        biller_id=biller.id or 0,
        is_resold=biller.role == Provider.DISTRIBUTOR,
    )


def continue_due(session: Session, scheme: SupportScheme, now: datetime, limit: int = AT_ONCE) -> int:
    """Open and arm the next period of packages whose last one has begun; return how many they were.

    Call it until it returns less than `limit`. Days are counted in UTC, a year ahead of anything due.
    """
    today = now.date()
    packages = stored.packages_to_continue(session, today, limit)
    due = [(package, package.next_period_on) for package in packages if package.next_period_on is not None]
    arm(session, open_all(session, scheme, due, today), now)
    return len(packages)


def maintenance_fee(scheme: SupportScheme) -> Fee:
    """Return what a year of maintenance costs. Raises `NoMaintenanceFeeError`."""
    fee = scheme.fees.get(Category.SOFTWARE_MAINTENANCE)
    if fee is None or fee.net_cents is None or fee.currency is None:
        raise NoMaintenanceFeeError(
            "scheme.toml names no amount: add net_cents to [fees.software-maintenance]"
        )
    return fee


def biller_of(session: Session, package: LicencePackageRow) -> CompanyRow:
    """Return who bills a package's coming periods: its own vendor, else its practice's."""
    return _Billers(session).of(package)


class _Billers:
    """Who bills packages. Keeps the rows it has read, which the session alone would let go of."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._companies: dict[int, CompanyRow] = {}
        self._practices: dict[int, PracticeRow] = {}

    def of(self, package: LicencePackageRow) -> CompanyRow:
        key = package.vendor_id or self._practice(package.practice_id).vendor_id
        if key not in self._companies:
            self._companies[key] = self._session.get_one(CompanyRow, key)
        return self._companies[key]

    def _practice(self, key: int) -> PracticeRow:
        if key not in self._practices:
            self._practices[key] = self._session.get_one(PracticeRow, key)
        return self._practices[key]


def _anniversaries(package: LicencePackageRow, first_due: date, today: date) -> Iterator[date]:
    """Give the anniversaries from `first_due` on, the last being the first that is not past."""
    day = first_anniversary_from(package.bought_on, first_due)
    while package.ended_on is None or day <= package.ended_on:
        yield day
        if day >= today:
            return
        day = anniversary_after(package.bought_on, day)


def continues_on(package: LicencePackageRow, last: date | None) -> date | None:
    """Return the day on which a package's next period is to be opened: the one after its last one began.

    `None` where it has none, or ends before another one would begin.
    """
    if last is None:
        return None
    following = anniversary_after(package.bought_on, last)
    is_last = package.ended_on is not None and following > package.ended_on
    return None if is_last else last + timedelta(days=1)
