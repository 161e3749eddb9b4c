"""Small periods and accounts, and a VAT table of a few countries, to test the rules of renewals with."""

from datetime import date
from typing import Any

from msgspec.structs import replace

from bot.domain.maintenance.entries import Account, Entry, EntryKind
from bot.domain.maintenance.period import Leg, MaintenancePeriod
from bot.domain.maintenance.vat import Charge, Vat, VatReason

DUE = date(2026, 6, 15)
DOMESTIC = Vat(1900, VatReason.DOMESTIC)
REVERSE = Vat(0, VatReason.REVERSE_CHARGE)
GROSS = 11781
"""EUR 99.00 with 19 %, in cents."""


def period(**changes: Any) -> MaintenancePeriod:
    return replace(MaintenancePeriod(DUE, DUE, 9900, "EUR", is_resold=True), **changes)


def account(*entries: Entry, **changes: Any) -> Account:
    """An account whose entries get the ids 1, 2, 3 … in the order in which they stand."""
    charges = {Leg.PRACTICE: Charge(9900, DOMESTIC), Leg.REMITTANCE: Charge(9900, REVERSE)}
    numbered = tuple(replace(entry, id=number) for number, entry in enumerate(entries, start=1))
    return Account(period(**changes), charges, numbered)


def entry(kind: EntryKind, on: date = DUE, amount_cents: int = 0, **changes: Any) -> Entry:
    leg = Leg.REMITTANCE if kind is EntryKind.REMITTED else Leg.PRACTICE
    return replace(Entry(0, kind, leg, on, amount_cents), **changes)


def paid(amount_cents: int = GROSS, on: date = DUE) -> Entry:
    return entry(EntryKind.PAID, on, amount_cents)


def correction(of: int, on: date = DUE) -> Entry:
    """What takes back the entry with the id `of`."""
    return entry(EntryKind.CORRECTION, on, corrects=of)
