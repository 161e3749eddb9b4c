"""Opening maintenance periods: the first when a package becomes known, then one a year."""

from collections.abc import Iterator
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
    fee, biller = maintenance_fee(scheme), biller_of(session, package)
    opened = [
        MaintenancePeriodRow(
            package_id=package.id or 0,
            anniversary_on=day,
            due_on=day,
            net_cents=fee.net_cents or 0,
            currency=fee.currency or "",
            biller_id=biller.id or 0,
            is_resold=biller.role == Provider.DISTRIBUTOR,
        )
        for day in _anniversaries(package, first_due, today)
    ]
    session.add_all(opened)
    last = opened[-1].anniversary_on if opened else None
    package.next_period_on = None if last is None else _continues_on(package, last)
    session.flush()
    return [row.id or 0 for row in opened]


def continue_due(session: Session, scheme: SupportScheme, now: datetime, limit: int = AT_ONCE) -> int:
    """Open and arm the next period of packages whose last one has begun; return how many they were.

    Call it until it returns less than `limit`. Days are counted in UTC, a year ahead of anything due.
    """
    today = now.date()
    packages = stored.packages_to_continue(session, today, limit)
    opened = [
        key
        for package in packages
        if package.next_period_on is not None
        for key in open_from(session, scheme, package, package.next_period_on, today)
    ]
    arm(session, opened, now)
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
    practice = session.get_one(PracticeRow, package.practice_id)
    return session.get_one(CompanyRow, package.vendor_id or practice.vendor_id)


def _anniversaries(package: LicencePackageRow, first_due: date, today: date) -> Iterator[date]:
    """Give the anniversaries from `first_due` on, the last being the first that is not past."""
    day = first_anniversary_from(package.bought_on, first_due)
    while package.ended_on is None or day <= package.ended_on:
        yield day
        if day >= today:
            return
        day = anniversary_after(package.bought_on, day)


def _continues_on(package: LicencePackageRow, last: date) -> date | None:
    """Return the day after the last period began, unless the package ends before another one would begin."""
    following = anniversary_after(package.bought_on, last)
    is_last = package.ended_on is not None and following > package.ended_on
    return None if is_last else last + timedelta(days=1)
