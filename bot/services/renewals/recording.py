"""Recording what happened to maintenance periods. Entries are added, never changed."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot.domain.maintenance.entries import Account, EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.state import is_open
from bot.domain.maintenance.vat import Vat, VatReason, VatTable
from bot.services.bot import Bot
from bot.services.renewals.arming import arm
from bot.services.renewals.books import Books
from bot.services.renewals.records import Record, records
from bot.storage.insert import insert_once
from bot.storage.queries.maintenance import batches
from bot.storage.tables import MaintenanceEntryRow, MaintenancePeriodRow


class NewEntry(Struct, frozen=True):
    """What is to be recorded of one period. `amount_cents` is gross, 0 where the kind has none.

    `vat` is wanted for `VAT`, `moved_to` for `MOVED`, `corrects` (the id of an entry of the same period, not
    taken back yet) for `CORRECTION`. `cause` tells two of the same day, reference and amount apart, and makes
    the same one twice one entry: what pressed or which line of which file.
    """

    period_id: int
    kind: EntryKind
    leg: Leg
    on: date
    amount_cents: int = 0
    reference: str = ""
    note: str = ""
    vat: Vat | None = None
    moved_to: date | None = None
    corrects: int | None = None
    cause: str = ""

    @property
    def key(self) -> str:
        """What is the same when the same thing is recorded again."""
        what = (self.period_id, self.leg, self.kind, self.on, self.amount_cents, self.reference)
        # A bill's VAT follows from the day it is recorded, so it does not tell two of them apart.
        rate = f"{self.vat.rate} {self.vat.reason}" if self.kind is EntryKind.VAT and self.vat else ""
        return " ".join(
            str(part) for part in (*what, self.corrects or "", self.moved_to or "", rate, self.cause)
        )


class EntryRefusedError(Exception):
    """An entry makes no sense for its period; nothing was recorded. `remedy` says what to do."""

    def __init__(self, entry: NewEntry, field: str, remedy: str) -> None:
        self.entry, self.field, self.remedy = entry, field, remedy
        super().__init__(f"{field}: {remedy}")


def record_all(session: Session, bot: Bot | Books, entries: Sequence[NewEntry], by: str) -> int:
    """Record entries in their order and re-arm the reminders of their periods; return how many are new.

    `by` is how the person is known (e-mail address or Slack id). Raises `EntryRefusedError` for the first
    that makes no sense: see `faults_of` to find them all.
    """
    before = {record.period_id: record for record in records(session, bot.scheme.vat, _periods(entries))}
    for entry in entries:
        fault = next(iter(faults_of(entry, before.get(entry.period_id))), None)
        if fault is not None:
            raise fault
    frozen = [_with_vat(entry, before[entry.period_id]) for entry in entries]
    added = [entry for entry in frozen if _add(session, bot, entry, by)]
    changed = _periods(added)
    refresh(session, bot.scheme.vat, changed)
    arm(session, changed, bot.clock.now())
    return len(added)


def refresh(session: Session, table: VatTable, period_ids: Sequence[int]) -> None:
    """Let the rows of these periods say what their entries and the VAT table say: due date and `is_open`."""
    for keys in batches(period_ids):
        query = select(MaintenancePeriodRow).where(col(MaintenancePeriodRow.id).in_(keys))
        rows = {row.id: row for row in session.exec(query).all()}
        for record in records(session, table, keys):
            row, moves = rows[record.period_id], _moves(record)
            row.due_on = moves[-1] if moves else row.anniversary_on
            row.is_open = is_open(record.account)
    session.flush()


def _moves(record: Record) -> list[date]:
    standing = record.account.standing()
    return [entry.moved_to for entry in standing if entry.kind is EntryKind.MOVED and entry.moved_to]


def faults_of(entry: NewEntry, record: Record | None) -> list[EntryRefusedError]:
    """Return everything that keeps an entry from being recorded."""
    if record is None:
        return [EntryRefusedError(entry, "period", "there is no such period")]
    return [
        EntryRefusedError(entry, field, remedy)
        for field, remedy, is_wrong in _checks(entry, record.account)
        if is_wrong
    ]


def _checks(entry: NewEntry, account: Account) -> list[tuple[str, str, bool]]:
    kind = entry.kind
    wants_amount = kind in (EntryKind.BILLED, EntryKind.PAID, EntryKind.REMITTED)
    open_ids = {one.id for one in account.standing()}
    leg = Leg.REMITTANCE if kind is EntryKind.REMITTED else Leg.PRACTICE
    return [
        ("amount", "give the amount, VAT included", wants_amount and entry.amount_cents <= 0),
        ("leg", "direct customers remit nothing", entry.leg not in account.period.legs),
        ("leg", f"“{kind}” belongs to the {leg} leg", wants_amount and entry.leg is not leg),
        ("vat", "give rate and reason", kind is EntryKind.VAT and entry.vat is None),
        ("date", "give the new due date", kind is EntryKind.MOVED and entry.moved_to is None),
        (
            "corrects",
            "name an entry of this period that was not taken back yet",
            kind is EntryKind.CORRECTION and entry.corrects not in open_ids,
        ),
    ]


def _with_vat(entry: NewEntry, record: Record) -> NewEntry:
    """Let a bill keep the VAT of its day: what the table says later changes nothing about it.

    Where the table says nothing, it may learn better.
    """
    if entry.kind is not EntryKind.BILLED or entry.vat is not None:
        return entry
    vat = record.account.charge(entry.leg).vat
    return entry if vat.reason is VatReason.UNKNOWN else replace(entry, vat=vat)


def _add(session: Session, bot: Bot | Books, entry: NewEntry, by: str) -> bool:
    values = {
        "period_id": entry.period_id,
        "key": entry.key,
        "kind": entry.kind,
        "leg": entry.leg,
        "happened_on": entry.on,
        "amount_cents": entry.amount_cents,
        "reference": entry.reference,
        "note": entry.note,
        "vat_rate": entry.vat.rate if entry.vat else None,
        "vat_reason": entry.vat.reason if entry.vat else "",
        "moved_to": entry.moved_to,
        "corrects_id": entry.corrects,
        "recorded_at": bot.clock.now(),
        "recorded_by": by,
    }
    return insert_once(session, MaintenanceEntryRow, values)


def _periods(entries: Sequence[NewEntry]) -> list[int]:
    return list(dict.fromkeys(entry.period_id for entry in entries))
