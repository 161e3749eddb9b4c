"""Choosing the periods that somebody records something of, by package, or by distributor and due date."""

from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot.domain.maintenance.entries import Account, EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.vat import VatReason
from bot.files.maintenance_lines import WITH_AMOUNT, EntryLine
from bot.services.imports.entries import Periods, new_entry
from bot.services.renewals.books import Books
from bot.services.renewals.recording import NewEntry
from bot.services.renewals.records import Record, records
from bot.storage.queries import maintenance as stored
from bot.storage.tables import CompanyRow, MaintenanceEntryRow, MaintenancePeriodRow


class SelectionError(Exception):
    """Nothing can be chosen like this; the words say why, with the remedy."""


class Choosing(Struct, frozen=True):
    """Which periods: of `packages` (numbers), or of what falls due from `since` to `until`, both inclusive.

    `distributor` is a slug and narrows the latter. `period` is a year or a due date.
    """

    packages: Sequence[str] = ()
    period: str = ""
    distributor: str = ""
    since: date | None = None
    until: date | None = None


def entries_for(session: Session, books: Books, choosing: Choosing, line: EntryLine) -> list[NewEntry]:
    """Return what a line says, once for each chosen period; without an amount, what is open there.

    Where that is nothing there is no entry. Raises `SelectionError`, or `PeriodUnknownError`.
    """
    if line.corrects:
        return [_correction(session, books, line)]
    found = [
        _with_amount(new_entry(line, record.period_id), record)
        for record in choose(session, books, choosing, EntryKind(line.kind))
    ]
    entries = [entry for entry in found if entry is not None]
    if not entries:
        raise SelectionError("Nothing is open there, so there is nothing to record.")
    return entries


def _correction(session: Session, books: Books, line: EntryLine) -> NewEntry:
    row = session.get(MaintenanceEntryRow, int(line.corrects))
    if row is None:
        raise SelectionError(f"There is no entry {line.corrects}: signpost entries PACKAGE shows them.")
    return replace(new_entry(line, row.period_id), leg=Leg(row.leg))


def _with_amount(entry: NewEntry, record: Record) -> NewEntry | None:
    if entry.kind not in WITH_AMOUNT or entry.amount_cents:
        return entry
    amount = open_amount(record.account, entry.kind)
    if amount is None:
        raise SelectionError(f"The VAT of {record.package} is not known: give --amount.")
    return replace(entry, amount_cents=amount) if amount else None


def choose(session: Session, books: Books, choosing: Choosing, kind: EntryKind) -> list[Record]:
    """Return the periods, the earliest first; of a package without `period` the earliest that is open.

    Raises `SelectionError`, or `PeriodUnknownError` for a package or period that does not exist.
    """
    is_wanted = _open_for(kind)
    if choosing.packages:
        return [_of_package(session, books, one, choosing.period, is_wanted) for one in choosing.packages]
    if choosing.until is None:
        raise SelectionError("Name packages, or --due with a month, or --all-due.")
    found = records(session, books.scheme.vat, _due(session, choosing))
    return [record for record in found if is_wanted(record.account)]


def open_amount(account: Account, kind: EntryKind) -> int | None:
    """Return what is open for a kind, gross in cents; `None` where only the net amount is known."""
    leg = Leg.REMITTANCE if kind is EntryKind.REMITTED else Leg.PRACTICE
    if leg in account.period.legs and account.charge(leg).vat.reason is VatReason.UNKNOWN:
        return None
    match kind:
        case EntryKind.REMITTED:
            return account.unremitted_cents()
        case EntryKind.PAID:
            return account.open_cents()
        case EntryKind.BILLED:
            return max(0, account.charge(leg).gross_cents - account.total(leg, EntryKind.BILLED))
        case _:
            return 0


def _open_for(kind: EntryKind) -> Callable[[Account], bool]:
    if kind is EntryKind.REMITTED:
        return lambda account: account.unremitted_cents() > 0
    return lambda account: account.open_cents() > 0


def _of_package(
    session: Session, books: Books, number: str, period: str, is_wanted: Callable[[Account], bool]
) -> Record:
    package = stored.package_by_number(session, number)
    if package is None:
        raise SelectionError(f"No licence package has the number {number}.")
    if period:
        found = records(session, books.scheme.vat, [Periods(session, number).find(number, period)])
    else:
        keys = [row.id or 0 for row in stored.periods_of_package(session, package.id or 0)]
        every = records(session, books.scheme.vat, keys)
        found = [record for record in every if is_wanted(record.account)]
    if not found:
        raise SelectionError(f"Nothing is open of {number}: name a period with --period.")
    return found[0]


def _due(session: Session, choosing: Choosing) -> list[int]:
    row = MaintenancePeriodRow
    query = select(row.id).where(col(row.due_on) <= choosing.until)
    if choosing.since is not None:
        query = query.where(col(row.due_on) >= choosing.since)
    if choosing.distributor:
        query = query.where(row.biller_id == _biller(session, choosing.distributor).id)
    ordered = query.order_by(col(row.due_on), col(row.id))
    return [key for key in session.exec(ordered).all() if key is not None]


def _biller(session: Session, slug: str) -> CompanyRow:
    found = session.exec(select(CompanyRow).where(CompanyRow.slug == slug)).first()
    if found is None:
        raise SelectionError(f"No company has the slug {slug}.")
    return found
