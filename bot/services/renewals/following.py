"""Letting open periods follow what changed about companies and practices: their VAT, days and ladders."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlmodel import Session, col

from bot.domain.maintenance.vat import VatTable
from bot.services.renewals.arming import arm
from bot.services.renewals.recording import refresh
from bot.storage.queries.companies import closed_days
from bot.storage.queries.maintenance import batches
from bot.storage.tables import CompanyRow, LicencePackageRow, MaintenancePeriodRow, PracticeRow

Facts = tuple[object, ...]
Known = Mapping[int, tuple[Facts, Facts]]


class Grounds(Struct, frozen=True):
    """What VAT and reminders follow from, by key: what VAT follows from, then all of it."""

    companies: Known
    practices: Known


def grounds(session: Session) -> Grounds:
    """Read what VAT and reminders follow from at the moment."""
    companies = session.execute(select(*_columns(CompanyRow, "opening_hours", "reminder_stages")))
    practices = session.execute(select(*_columns(PracticeRow)))
    closed = closed_days(session)
    return Grounds(
        {row[0]: (tuple(row[1:3]), (*row[1:], closed.get(row[0], ()))) for row in companies},
        {row[0]: (tuple(row[1:3]), tuple(row[1:])) for row in practices},
    )


def _columns(table: type[CompanyRow] | type[PracticeRow], *further: str) -> list[Any]:
    names = ("id", "country", "vat_id", "subdivision", "time_zone", *further)
    return [getattr(table, name) for name in names]


def follow(session: Session, table: VatTable, before: Grounds, now: datetime) -> None:
    """Refresh the periods whose VAT may have changed since `before`, and re-arm all open ones concerned."""
    after = grounds(session)
    taxed = [_changed(old, new, 0) for old, new in _sides(before, after)]
    concerned = [_changed(old, new, 1) for old, new in _sides(before, after)]
    with_other_vat = _periods(session, *taxed, open_only=False)
    refresh(session, table, with_other_vat)
    arm(session, [*with_other_vat, *_periods(session, *concerned, open_only=True)], now)


def _sides(before: Grounds, after: Grounds) -> list[tuple[Known, Known]]:
    return [(before.companies, after.companies), (before.practices, after.practices)]


def _changed(before: Known, after: Known, place: int) -> list[int]:
    return [key for key, facts in before.items() if key in after and after[key][place] != facts[place]]


def _periods(
    session: Session, companies: Sequence[int], practices: Sequence[int], *, open_only: bool
) -> list[int]:
    """Return the periods that these companies bill or that belong to these practices."""
    query = select(col(MaintenancePeriodRow.id)).join(
        LicencePackageRow, col(LicencePackageRow.id) == col(MaintenancePeriodRow.package_id)
    )
    if open_only:
        query = query.where(col(MaintenancePeriodRow.is_open))
    found: list[Any] = []
    for column, keys in (
        (col(MaintenancePeriodRow.biller_id), companies),
        (col(LicencePackageRow.practice_id), practices),
    ):
        for some in batches(keys):
            found += session.scalars(query.where(column.in_(some)))
    return sorted(set(found))
