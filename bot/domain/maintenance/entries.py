"""What happened to a maintenance period: entries that are added, never changed."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

from bot.domain.maintenance.period import Leg, MaintenancePeriod
from bot.domain.maintenance.vat import Charge, Vat


class EntryKind(StrEnum):
    """What an entry says.

    `ANNOUNCED`: the practice was told of it. `CLAIMED`: the practice says that it renewed; the side that
    bills has not confirmed. `NOT_RENEWING`: it says that it will not. `VAT` sets a leg's VAT by hand, `MOVED`
    the due date. `CORRECTION` takes an earlier entry back.
    """

    ANNOUNCED = "announced"
    BILLED = "billed"
    PAID = "paid"
    REMITTED = "remitted"
    CANCELLED = "cancelled"
    WAIVED = "waived"
    CLAIMED = "claimed"
    NOT_RENEWING = "not-renewing"
    VAT = "vat"
    MOVED = "moved"
    CORRECTION = "correction"


class Entry(Struct, frozen=True):
    """One thing that happened on a day. `amount_cents` is gross; 0 where a kind has no amount.

    `reference` is what people find it by: a PO number, an invoice number, a bank reference. `vat` is set
    with `VAT` and `BILLED`, `moved_to` with `MOVED`; `corrects` is the id of the entry taken back.
    """

    id: int
    kind: EntryKind
    leg: Leg
    on: date
    amount_cents: int = 0
    reference: str = ""
    note: str = ""
    vat: Vat | None = None
    moved_to: date | None = None
    corrects: int | None = None


class Account(Struct, frozen=True):
    """A period with what it costs by the table today, and all its entries in the order they were recorded."""

    period: MaintenancePeriod
    charges: Mapping[Leg, Charge]
    entries: tuple[Entry, ...] = ()

    def standing(self, day: date = date.max) -> tuple[Entry, ...]:
        """Return the entries up to `day` that nobody took back, by day; what was wrong was always wrong."""
        taken_back = self._taken_back()
        kept = (
            entry
            for entry in self.entries
            if entry.on <= day and entry.kind is not EntryKind.CORRECTION and entry.id not in taken_back
        )
        return tuple(sorted(kept, key=lambda entry: entry.on))

    def due_on(self, day: date = date.max) -> date:
        """Return the due date as it was agreed by `day`: the last move's, else the anniversary."""
        if not any(entry.kind is EntryKind.MOVED for entry in self.entries):
            return self.period.due_on
        move = _last(entry for entry in self.standing(day) if entry.kind is EntryKind.MOVED)
        return (move and move.moved_to) or self.period.anniversary_on

    def charge(self, leg: Leg, day: date = date.max) -> Charge:
        """Return what a leg costs: as set by hand, else as billed, else by the table."""
        set_by_hand = _last(self._of(leg, EntryKind.VAT, day))
        billed = _last(self._of(leg, EntryKind.BILLED, day))
        vat = (set_by_hand and set_by_hand.vat) or (billed and billed.vat)
        return Charge(self.period.net_cents, vat) if vat else self.charges[leg]

    def total(self, leg: Leg, kind: EntryKind, day: date = date.max) -> int:
        """Return the sum of a leg's entries of a kind, in cents."""
        return sum(entry.amount_cents for entry in self._of(leg, kind, day))

    def open_cents(self, day: date = date.max) -> int:
        """Return what the practice still owes, at least 0; nothing when waived on its leg or cancelled."""
        if self._of(Leg.PRACTICE, EntryKind.WAIVED, day) or self.has(EntryKind.CANCELLED, day):
            return 0
        paid = self.total(Leg.PRACTICE, EntryKind.PAID, day)
        return max(0, self.charge(Leg.PRACTICE, day).gross_cents - paid)

    def unremitted_cents(self, day: date = date.max) -> int:
        """Return what the reseller still has to pass on, at least 0; nothing when waived or cancelled.

        Who waives the practice's leg waives what would come of it; waiving this leg leaves the practice's.
        """
        ended = self.has(EntryKind.WAIVED, day) or self.has(EntryKind.CANCELLED, day)
        if ended or Leg.REMITTANCE not in self.period.legs:
            return 0
        remitted = self.total(Leg.REMITTANCE, EntryKind.REMITTED, day)
        return max(0, self.charge(Leg.REMITTANCE, day).gross_cents - remitted)

    def has(self, kind: EntryKind, day: date = date.max) -> bool:
        """Say whether an entry of a kind stands, on either leg."""
        return any(entry.kind is kind for entry in self.standing(day))

    def _taken_back(self) -> set[int | None]:
        """Return the ids of what corrections take back; a later one may take back a correction itself."""
        found: set[int | None] = set()
        for entry in reversed(self.entries):
            if entry.kind is EntryKind.CORRECTION and entry.id not in found:
                found.add(entry.corrects)
        return found

    def _of(self, leg: Leg, kind: EntryKind, day: date) -> list[Entry]:
        return [entry for entry in self.standing(day) if entry.leg is leg and entry.kind is kind]


def _last(entries: Iterable[Entry]) -> Entry | None:
    return next(reversed(list(entries)), None)
