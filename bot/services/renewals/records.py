"""Maintenance periods as the rules see them: each with its account, from what the database knows now."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from sqlmodel import Session

from bot.domain.maintenance.entries import Account
from bot.domain.maintenance.period import Leg, MaintenancePeriod
from bot.domain.maintenance.vat import (
    Charge,
    TaxParty,
    UnknownVatError,
    Vat,
    VatReason,
    VatTable,
    vat_between,
)
from bot.storage.queries import maintenance as stored
from bot.storage.queries.maintenance import StoredPeriod
from bot.storage.tables import CompanyRow, PracticeRow


class Record(Struct, frozen=True):
    """A maintenance period with its account and with what it belongs to."""

    period_id: int
    package_id: int
    package: str
    bought_on: date
    practice_id: int
    practice: str
    biller_id: int
    biller: str
    account: Account

    @property
    def due_on(self) -> date:
        """When the practice's payment is due."""
        return self.account.period.due_on


def records(session: Session, table: VatTable, period_ids: Iterable[int]) -> list[Record]:
    """Return the records of these periods, in this order, without those that do not exist."""
    wanted = list(dict.fromkeys(period_ids))
    found = stored.periods(session, wanted)
    entries = stored.entries(session, wanted)
    maker = stored.manufacturer(session)
    return [
        _record(rows, Account(_period(rows), _charges(table, rows, maker), entries.get(key, ())))
        for key in wanted
        if (rows := found.get(key)) is not None
    ]


def record(session: Session, table: VatTable, period_id: int) -> Record | None:
    """Return the record of one period."""
    return next(iter(records(session, table, [period_id])), None)


def _record(rows: StoredPeriod, account: Account) -> Record:
    return Record(
        period_id=rows.period.id or 0,
        package_id=rows.package.id or 0,
        package=rows.package.number,
        bought_on=rows.package.bought_on,
        practice_id=rows.practice.id or 0,
        practice=rows.practice.name,
        biller_id=rows.biller.id or 0,
        biller=rows.biller.name,
        account=account,
    )


def _period(rows: StoredPeriod) -> MaintenancePeriod:
    row = rows.period
    return MaintenancePeriod(row.anniversary_on, row.due_on, row.net_cents, row.currency, row.is_resold)


def _charges(table: VatTable, rows: StoredPeriod, maker: CompanyRow | None) -> dict[Leg, Charge]:
    period, biller = rows.period, _party(rows.biller)
    charges = {Leg.PRACTICE: _charge(table, period.net_cents, biller, _party(rows.practice), period.due_on)}
    if period.is_resold:
        charges[Leg.REMITTANCE] = remittance_charge(
            table, maker, rows.biller, period.net_cents, period.due_on
        )
    return charges


def remittance_charge(
    table: VatTable, maker: CompanyRow | None, biller: CompanyRow, net_cents: int, on: date
) -> Charge:
    """Return what a reseller remits to the manufacturer for one period, by the table."""
    seller = _party(maker) if maker is not None else TaxParty("")
    return _charge(table, net_cents, seller, _party(biller), on)


def _charge(table: VatTable, net_cents: int, seller: TaxParty, buyer: TaxParty, on: date) -> Charge:
    try:
        return Charge(net_cents, vat_between(table, seller, buyer, on))
    except UnknownVatError:
        return Charge(net_cents, Vat(0, VatReason.UNKNOWN))


def _party(row: CompanyRow | PracticeRow) -> TaxParty:
    return TaxParty(row.country, row.vat_id)
