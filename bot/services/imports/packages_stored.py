"""Licence packages as the database has them: reading, exporting and removing them."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from bot.services.imports.plan import Gone
from bot.storage.queries.maintenance import batches
from bot.storage.tables import (
    CompanyRow,
    LicencePackageRow,
    MaintenanceEntryRow,
    MaintenancePeriodRow,
    PracticeRow,
    ReminderRow,
    StatementLineRow,
)


def export(session: Session) -> list[dict[str, str]]:
    """Return the file's rows, by number."""
    stored = StoredPackages(session)
    return [stored.cells(stored.packages[number]) for number in sorted(stored.packages)]


def remove(session: Session, row_id: int) -> None:
    """Remove a package with its periods, of which none has an entry."""
    remove_periods(session, [row_id])
    session.delete(session.get_one(LicencePackageRow, row_id))
    session.flush()


def remove_periods(session: Session, package_ids: Sequence[int]) -> None:
    """Remove the periods of packages, none of which has an entry, with the reminders of them."""
    for keys in batches(package_ids):
        periods = select(MaintenancePeriodRow.id).where(col(MaintenancePeriodRow.package_id).in_(keys))
        session.execute(delete(ReminderRow).where(col(ReminderRow.period_id).in_(periods)))
        session.execute(delete(MaintenancePeriodRow).where(col(MaintenancePeriodRow.package_id).in_(keys)))


class StoredPackages:
    """The packages as the database has them, and what they name."""

    def __init__(self, session: Session) -> None:
        self.packages = {row.number: row for row in session.exec(select(LicencePackageRow)).all()}
        self.companies = {row.slug: row for row in session.exec(select(CompanyRow)).all()}
        self.company_of = {row.id: row for row in self.companies.values()}
        self.practices = {row.name: row for row in session.exec(select(PracticeRow)).all()}
        self._names = {row.id: row.name for row in self.practices.values()}
        on = MaintenancePeriodRow.anniversary_on
        spans = select(MaintenancePeriodRow.package_id, func.min(on), func.max(on))
        self.spans: dict[int, tuple[date, date]] = {
            key: (first, last)
            for key, first, last in session.exec(spans.group_by(col(MaintenancePeriodRow.package_id))).all()
        }
        self.used = _used(session)

    def cells(self, row: LicencePackageRow) -> dict[str, str]:
        """Return a package as the file has it; `maintained_until` is the day before its first period."""
        vendor = self.company_of.get(row.vendor_id)
        first, _ = self.spans.get(row.id or 0, (None, None))
        return {
            "number": row.number,
            "practice": self._names[row.practice_id],
            "bought_on": row.bought_on.isoformat(),
            "vendor": vendor.slug if vendor else "",
            "maintained_until": "" if first is None else (first - timedelta(days=1)).isoformat(),
            "ended_on": row.ended_on.isoformat() if row.ended_on else "",
            "reminder_stages": row.stages,
        }

    def gone(self, row: LicencePackageRow) -> Gone:
        """Return what pruning a package says."""
        obstacle = "its periods have entries: give it up with ended_on instead"
        return Gone(row.number, row.id or 0, obstacle if row.id in self.used else "")


def _used(session: Session) -> frozenset[int]:
    """Return the packages whose periods have entries or stand in statements."""
    periods = select(MaintenancePeriodRow.package_id).distinct()
    with_entries = periods.join(
        MaintenanceEntryRow, col(MaintenanceEntryRow.period_id) == col(MaintenancePeriodRow.id)
    )
    stated = periods.join(StatementLineRow, col(StatementLineRow.period_id) == col(MaintenancePeriodRow.id))
    return frozenset([*session.exec(with_entries).all(), *session.exec(stated).all()])
