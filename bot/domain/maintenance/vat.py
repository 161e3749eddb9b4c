"""Which VAT applies between two parties, by a dated table. It serves reminders and is no tax advice."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import takewhile

from msgspec import Struct

_WHOLE = 10_000
"""Basis points in one."""


class VatReason(StrEnum):
    """Why this rate.

    `NO_VAT_ID`: a buyer elsewhere in the union who gave none pays the seller's rate. `UNKNOWN`: the table has
    no rate, so what is said names the net amount only.
    """

    UNKNOWN = "unknown"
    DOMESTIC = "domestic"
    REVERSE_CHARGE = "reverse-charge"
    EXPORT = "export"
    NO_VAT_ID = "no-vat-id"


class Vat(Struct, frozen=True):
    """A rate in basis points (1900 is 19 %) with its reason."""

    rate: int
    reason: VatReason


class TaxParty(Struct, frozen=True):
    """Where somebody is taxed: an ISO 3166 country, and a VAT id that was found well-formed, or nothing.

    A well-formed id begins with its country's letters (`bot.files.vat_ids`).
    """

    country: str
    vat_id: str = ""

    @property
    def seat(self) -> str:
        """The country that counts: the VAT id's goes before the address's.

        Greece's ids begin with EL. Northern Ireland's XI is for goods: for services it is the United Kingdom.
        """
        prefix = self.vat_id[:2]
        return {"EL": "GR", "XI": "GB"}.get(prefix, prefix) if prefix.isalpha() else self.country


class UnknownVatError(Exception):
    """The table has no rate for a country on a day; `country` is empty when nobody knows the seller's."""

    def __init__(self, country: str, on: date) -> None:
        self.country, self.on = country, on
        super().__init__(f"no VAT rate is known for {country or 'an unknown country'} on {on.isoformat()}")


class VatTable(Struct, frozen=True):
    """Standard rates and membership in the EU's VAT area, both dated.

    `rates` has for each country the days from which a rate in basis points holds, in order; `union` from
    when until when (`None`: still) a country belonged to it.
    """

    rates: Mapping[str, tuple[tuple[date, int], ...]]
    union: Mapping[str, tuple[date, date | None]]

    def rate(self, country: str, on: date) -> int:
        """Return the standard rate in basis points. Raises `UnknownVatError`."""
        held = list(takewhile(lambda step: step[0] <= on, self.rates.get(country, ())))
        if not held:
            raise UnknownVatError(country, on)
        return held[-1][1]

    def is_in_union(self, country: str, on: date) -> bool:
        """Say whether a country is in the EU's VAT area on a day."""
        since, until = self.union.get(country, (date.max, None))
        return since <= on and (until is None or on <= until)


def vat_between(table: VatTable, seller: TaxParty, buyer: TaxParty, on: date) -> Vat:
    """Return the VAT of a service sold between businesses on a day. Raises `UnknownVatError`.

    A buyer whose country nobody knows is taken to be at home where the seller is.
    """
    home, away = seller.seat, buyer.seat or seller.seat
    if not home:
        raise UnknownVatError(home, on)
    if home == away:
        return Vat(table.rate(home, on), VatReason.DOMESTIC)
    if not (table.is_in_union(home, on) and table.is_in_union(away, on)):
        return Vat(0, VatReason.EXPORT)
    if buyer.vat_id and seller.vat_id:
        return Vat(0, VatReason.REVERSE_CHARGE)
    return Vat(table.rate(home, on), VatReason.NO_VAT_ID)


class Charge(Struct, frozen=True):
    """What a leg costs, in cents. The VAT is rounded to the cent, half a cent up."""

    net_cents: int
    vat: Vat

    @property
    def vat_cents(self) -> int:
        """The VAT on top."""
        exact = Decimal(self.net_cents) * self.vat.rate / _WHOLE
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def gross_cents(self) -> int:
        """Net and VAT together."""
        return self.net_cents + self.vat_cents
