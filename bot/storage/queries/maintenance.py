"""Reading licence packages and maintenance periods, many at once."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct
from sqlmodel import Session, col, select

from bot.domain.maintenance.entries import Entry, EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.vat import Vat, VatReason
from bot.domain.opening import Closed
from bot.domain.scheme import Provider
from bot.storage.queries.companies import closed_days
from bot.storage.tables import (
    CompanyRow,
    LicencePackageRow,
    MaintenanceEntryRow,
    MaintenancePeriodRow,
    PracticeRow,
)

Key = TypeVar("Key", int, str)
AT_ONCE = 500
"""How many keys one query names; both engines take many more."""


class StoredPeriod(Struct, frozen=True):
    """A period's rows: its own, its package's, its practice's, and the company's that bills it.

    `closed` are the days on which that company is closed, beside public holidays.
    """

    period: MaintenancePeriodRow
    package: LicencePackageRow
    practice: PracticeRow
    biller: CompanyRow
    closed: Closed = ()


def periods(session: Session, period_ids: Iterable[int]) -> dict[int, StoredPeriod]:
    """Return the periods that exist, by key."""
    found = {}
    query = (
        select(MaintenancePeriodRow, LicencePackageRow, PracticeRow, CompanyRow)
        .join(LicencePackageRow, col(LicencePackageRow.id) == col(MaintenancePeriodRow.package_id))
        .join(PracticeRow, col(PracticeRow.id) == col(LicencePackageRow.practice_id))
        .join(CompanyRow, col(CompanyRow.id) == col(MaintenancePeriodRow.biller_id))
    )
    closed = closed_days(session)
    for keys in batches(period_ids):
        for rows in session.exec(query.where(col(MaintenancePeriodRow.id).in_(keys))).all():
            found[rows[0].id or 0] = StoredPeriod(*rows, closed.get(rows[3].id or 0, ()))
    return found


def entries(session: Session, period_ids: Iterable[int]) -> dict[int, tuple[Entry, ...]]:
    """Return the entries of each period that has any, in the order they were recorded."""
    found: dict[int, list[Entry]] = {}
    for keys in batches(period_ids):
        query = select(MaintenanceEntryRow).where(col(MaintenanceEntryRow.period_id).in_(keys))
        for row in session.exec(query.order_by(col(MaintenanceEntryRow.id))).all():
            found.setdefault(row.period_id, []).append(_entry(row))
    return {key: tuple(rows) for key, rows in found.items()}


def cancelled(session: Session, period_ids: Sequence[int]) -> set[int]:
    """Return those of at most a batch of periods of which a cancellation was recorded."""
    query = select(MaintenanceEntryRow.period_id).where(col(MaintenanceEntryRow.period_id).in_(period_ids))
    return set(session.exec(query.where(MaintenanceEntryRow.kind == EntryKind.CANCELLED)).all())


def manufacturer(session: Session) -> CompanyRow | None:
    """Return the manufacturer's row."""
    return session.exec(select(CompanyRow).where(CompanyRow.role == Provider.MANUFACTURER)).first()


def package_by_number(session: Session, number: str) -> LicencePackageRow | None:
    """Return the licence package of this number."""
    return session.exec(select(LicencePackageRow).where(LicencePackageRow.number == number)).first()


def periods_of_package(session: Session, package_id: int) -> Sequence[MaintenancePeriodRow]:
    """Return a package's periods, the earliest first."""
    query = select(MaintenancePeriodRow).where(MaintenancePeriodRow.package_id == package_id)
    return session.exec(query.order_by(col(MaintenancePeriodRow.anniversary_on))).all()


def packages_to_continue(session: Session, today: date, limit: int) -> Sequence[LicencePackageRow]:
    """Return packages whose next period is to be opened by `today`, at most `limit`."""
    query = select(LicencePackageRow).where(col(LicencePackageRow.next_period_on) <= today)
    ordered = query.order_by(col(LicencePackageRow.next_period_on), col(LicencePackageRow.id))
    return session.exec(ordered.limit(limit).with_for_update(skip_locked=True)).all()


def recorders(session: Session, period_ids: Iterable[int]) -> dict[int, str]:
    """Return who recorded each entry of these periods."""
    found: dict[int, str] = {}
    for keys in batches(period_ids):
        query = select(MaintenanceEntryRow.id, MaintenanceEntryRow.recorded_by)
        rows = session.exec(query.where(col(MaintenanceEntryRow.period_id).in_(keys))).all()
        found.update({key or 0: name for key, name in rows})
    return found


def _entry(row: MaintenanceEntryRow) -> Entry:
    assert row.id is not None  # noqa: S101 - it is stored
    return Entry(
        id=row.id,
        kind=EntryKind(row.kind),
        leg=Leg(row.leg),
        on=row.happened_on,
        amount_cents=row.amount_cents,
        reference=row.reference,
        note=row.note,
        vat=None if row.vat_rate is None else Vat(row.vat_rate, VatReason(row.vat_reason)),
        moved_to=row.moved_to,
        corrects=row.corrects_id,
    )


def batches(keys: Iterable[Key]) -> Iterator[Sequence[Key]]:
    """Give keys in portions that one query can name, each key once."""
    unique = list(dict.fromkeys(keys))
    return (unique[at : at + AT_ONCE] for at in range(0, len(unique), AT_ONCE))
