"""Doing what a plan of licence packages says: rows, periods, what ended, reminders."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from sqlmodel import Session, col, select

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.files.maintenance_values import as_day
from bot.services.imports.packages import PackageTarget, remove_periods
from bot.services.renewals.arming import arm
from bot.services.renewals.books import Books
from bot.services.renewals.periods import continues_on, open_all
from bot.services.renewals.recording import NewEntry, record_all, refresh
from bot.storage.queries.maintenance import batches
from bot.storage.tables import LicencePackageRow, MaintenancePeriodRow

BY = "signpost import"
Watch = Callable[[Sequence[PackageTarget]], Iterable[PackageTarget]]


def apply(session: Session, packages: Sequence[PackageTarget], books: Books, watch: Watch) -> None:
    """Write the packages, open the periods of new ones, end what ended, and re-arm what is concerned."""
    anew = [target.row.id or 0 for target in packages if target.row and target.opens_from]
    remove_periods(session, anew)
    written = [(target, _write(session, target)) for target in watch(packages)]
    session.flush()
    opening = [(row, target.opens_from) for target, row in written if target.opens_from is not None]
    opened = open_all(session, books.scheme, opening, books.today)
    staying = [row for target, row in written if target.opens_from is None]
    periods = _periods(session, staying)
    _continue(staying, periods)
    session.flush()
    _cancel_what_comes_after_the_end(session, books, staying, periods)
    keys = [period.id or 0 for period in periods]
    refresh(session, books.scheme.vat, keys)
    arm(session, [*opened, *keys], books.clock.now())


def _write(session: Session, target: PackageTarget) -> LicencePackageRow:
    values = target.values
    bought_on = date.fromisoformat(values.bought_on)
    row = target.row or LicencePackageRow(
        number=values.number, practice_id=target.practice_id, bought_on=bought_on
    )
    row.practice_id, row.vendor_id = target.practice_id, target.vendor_id
    row.bought_on, row.ended_on = bought_on, as_day(values.ended_on)
    row.stages = values.reminder_stages
    session.add(row)
    return row


def _periods(session: Session, packages: Sequence[LicencePackageRow]) -> list[MaintenancePeriodRow]:
    found: list[MaintenancePeriodRow] = []
    for keys in batches(row.id or 0 for row in packages):
        query = select(MaintenancePeriodRow).where(col(MaintenancePeriodRow.package_id).in_(keys))
        found += session.exec(query.order_by(col(MaintenancePeriodRow.anniversary_on))).all()
    return found


def _continue(packages: Sequence[LicencePackageRow], periods: Sequence[MaintenancePeriodRow]) -> None:
    last = {period.package_id: period.anniversary_on for period in periods}
    for row in packages:
        row.next_period_on = continues_on(row, last.get(row.id or 0))


def _cancel_what_comes_after_the_end(
    session: Session,
    books: Books,
    packages: Sequence[LicencePackageRow],
    periods: Sequence[MaintenancePeriodRow],
) -> None:
    """Cancel the periods that begin after their package ended and are not due yet."""
    ended = {row.id: row.ended_on for row in packages if row.ended_on is not None}
    entries = [
        NewEntry(
            period.id or 0,
            EntryKind.CANCELLED,
            Leg.PRACTICE,
            books.today,
            note=f"the package was given up on {ended[period.package_id].isoformat()}",
            cause="given up",
        )
        for period in periods
        if period.package_id in ended
        and period.anniversary_on > ended[period.package_id]
        and period.due_on > books.today
        and period.is_open
    ]
    record_all(session, books, entries, BY)
