"""Lists and sums of maintenance periods. They read what belongs to a company's days, never everything."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import case, distinct, exists, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.domain.maintenance.billing_year import BillingYear
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.overview import Sum
from bot.domain.maintenance.period import Leg
from bot.domain.scheme import Provider
from bot.storage.tables import (
    ChannelRow,
    CompanyRow,
    LicencePackageRow,
    MaintenanceEntryRow,
    MaintenancePeriodRow,
    MembershipRow,
    PersonRow,
    PracticeRow,
)
from bot.storage.tables.maintenance import STILL_OPEN


class OpenPeriods(Struct, frozen=True):
    """Which open periods: of whoever bills them, due from `since` until `until` (`None`: no bound).

    `unbilled`: neither billed nor paid yet. `claimed`: the practice says that it renewed. `unreachable`:
    nobody of the practice, and no channel of its own, can be reached in Slack. `practices`: of these alone.
    """

    billers: tuple[int, ...] = ()
    practices: tuple[int, ...] = ()
    since: date | None = None
    until: date | None = None
    unbilled: bool = False
    claimed: bool = False
    unreachable: bool = False


def sums(session: Session, wanted: OpenPeriods) -> tuple[Sum, ...]:
    """Return how many there are and their net sum, by currency."""
    period = MaintenancePeriodRow
    query = select(col(period.currency), func.count(), func.sum(period.net_cents)).where(*_conditions(wanted))
    rows = session.exec(query.group_by(col(period.currency)).order_by(col(period.currency))).all()
    return tuple(Sum(currency, count, int(net)) for currency, count, net in rows)


def keys(session: Session, wanted: OpenPeriods, limit: int) -> Sequence[int]:
    """Return the keys of the first of them, by due date."""
    query = select(MaintenancePeriodRow.id).where(*_conditions(wanted))
    ordered = query.order_by(col(MaintenancePeriodRow.due_on), col(MaintenancePeriodRow.id)).limit(limit)
    return [key or 0 for key in session.exec(ordered).all()]


def vendor_ids(session: Session) -> tuple[int, ...]:
    """Return the keys of all companies that may bill."""
    query = select(CompanyRow.id).where(col(CompanyRow.role) != Provider.SUPPORT_PARTNER)
    return tuple(key or 0 for key in session.exec(query.order_by(col(CompanyRow.id))).all())


def distributors(session: Session) -> Sequence[CompanyRow]:
    """Return the distributors' rows, by name."""
    query = select(CompanyRow).where(CompanyRow.role == Provider.DISTRIBUTOR)
    return session.exec(query.order_by(col(CompanyRow.name))).all()


def packages_of(session: Session, practice_ids: Iterable[int]) -> Sequence[LicencePackageRow]:
    """Return the packages of practices, by number."""
    query = select(LicencePackageRow).where(col(LicencePackageRow.practice_id).in_(list(practice_ids)))
    return session.exec(query.order_by(col(LicencePackageRow.number))).all()


def period_keys_of(session: Session, package_ids: Iterable[int]) -> Sequence[int]:
    """Return the keys of the packages' periods, the earliest first."""
    query = select(MaintenancePeriodRow.id).where(col(MaintenancePeriodRow.package_id).in_(list(package_ids)))
    return [k or 0 for k in session.exec(query.order_by(col(MaintenancePeriodRow.anniversary_on))).all()]


class DueGroup(Struct, frozen=True):
    """Periods that are due on the same day for the same net amount; `count` of them."""

    currency: str
    on: date
    net_cents: int
    count: int


def due_groups(session: Session, biller_id: int, year: BillingYear) -> Sequence[DueGroup]:
    """Return all that a distributor has to remit in a billing year, in groups, by day."""
    period = MaintenancePeriodRow
    query = select(col(period.currency), col(period.due_on), col(period.net_cents), func.count()).where(
        *_in_year(biller_id, year)
    )
    query = query.group_by(col(period.currency), col(period.due_on), col(period.net_cents))
    return [DueGroup(*row) for row in session.exec(query.order_by(col(period.due_on))).all()]


def reported_and_remitted(
    session: Session, biller_id: int, year: BillingYear
) -> dict[tuple[str, date], tuple[int, int]]:
    """Return by currency and due date how many periods are billed or paid, and the cents remitted."""
    period, entry = MaintenancePeriodRow, MaintenanceEntryRow
    is_reported = col(entry.kind).in_([EntryKind.BILLED, EntryKind.PAID])
    query = (
        select(
            col(period.currency),
            col(period.due_on),
            func.count(distinct(case((is_reported, col(entry.period_id))))),
            func.sum(case((col(entry.kind) == EntryKind.REMITTED, col(entry.amount_cents)), else_=0)),
        )
        .join(entry, col(entry.period_id) == col(period.id))
        .where(*_in_year(biller_id, year), _stands(entry))
        .where(col(entry.kind).in_([EntryKind.BILLED, EntryKind.PAID, EntryKind.REMITTED]))
        .group_by(col(period.currency), col(period.due_on))
    )
    return {
        (currency, on): (reported, int(remitted))
        for currency, on, reported, remitted in session.exec(query).all()
    }


def unusual_keys(session: Session, biller_id: int, year: BillingYear) -> Sequence[int]:
    """Return the periods of a billing year that cost something else than the table says, or nothing."""
    period, entry = MaintenancePeriodRow, MaintenanceEntryRow
    kinds = [EntryKind.CANCELLED, EntryKind.WAIVED, EntryKind.VAT]
    query = select(period.id).join(entry, col(entry.period_id) == col(period.id)).distinct()
    query = query.where(*_in_year(biller_id, year), col(entry.kind).in_(kinds))
    return [key or 0 for key in session.exec(query).all()]


def _in_year(biller_id: int, year: BillingYear) -> list[Any]:
    period = MaintenancePeriodRow
    return [
        col(period.biller_id) == biller_id,
        col(period.due_on) >= year.begins_on,
        col(period.due_on) <= year.ends_on,
    ]


def _conditions(wanted: OpenPeriods) -> list[Any]:
    period = MaintenancePeriodRow
    # Written as in the index of what is open, or SQLite would not see that the index fits.
    found: list[Any] = [STILL_OPEN]
    if wanted.billers:
        found.append(col(period.biller_id).in_(wanted.billers))
    if wanted.practices:
        owned = select(LicencePackageRow.id).where(col(LicencePackageRow.practice_id).in_(wanted.practices))
        found.append(col(period.package_id).in_(owned))
    if wanted.since is not None:
        found.append(col(period.due_on) >= wanted.since)
    if wanted.until is not None:
        found.append(col(period.due_on) <= wanted.until)
    if wanted.unbilled:
        found.append(~_has_entry(EntryKind.BILLED, EntryKind.PAID))
    if wanted.claimed:
        found.append(_has_entry(EntryKind.CLAIMED))
    if wanted.unreachable:
        found.append(_is_unreachable())
    return found


def _has_entry(*kinds: EntryKind) -> Any:
    """Say that an entry of one of these kinds stands on the practice's leg."""
    entry = MaintenanceEntryRow
    return exists().where(
        col(entry.period_id) == col(MaintenancePeriodRow.id),
        col(entry.kind).in_(kinds),
        col(entry.leg) == Leg.PRACTICE,
        _stands(entry),
    )


def _stands(entry: type[MaintenanceEntryRow]) -> Any:
    correction = aliased(MaintenanceEntryRow)
    return ~exists().where(col(correction.corrects_id) == col(entry.id))


def _is_unreachable() -> Any:
    practice = col(LicencePackageRow.practice_id)
    somebody = exists().where(
        col(MembershipRow.practice_id) == practice,
        col(MembershipRow.confirmed_at).is_not(None),
        col(PersonRow.id) == col(MembershipRow.person_id),
        col(PersonRow.user_id).is_not(None),
    )
    channel = exists().where(
        col(PracticeRow.id) == practice,
        col(PracticeRow.reminders_to) == "channel",
        col(ChannelRow.practice_id) == practice,
        ~col(ChannelRow.is_shared),
    )
    return exists().where(
        col(LicencePackageRow.id) == col(MaintenancePeriodRow.package_id), ~somebody, ~channel
    )
