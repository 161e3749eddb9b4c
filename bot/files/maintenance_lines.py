"""The files of licence packages and of what happened to their maintenance: the columns and their rules."""

from typing import Annotated

from pydantic import ValidationInfo, field_validator

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.vat import VatReason
from bot.files import directory_values, maintenance_values
from bot.files.directory_values import Required
from bot.files.line import Line, about

WITH_AMOUNT = frozenset({EntryKind.BILLED, EntryKind.PAID, EntryKind.REMITTED})
_WITH_VAT = frozenset({EntryKind.BILLED, EntryKind.VAT})
_FREE_OF_VAT = frozenset({VatReason.REVERSE_CHARGE, VatReason.EXPORT})


class PackageLine(Line):
    """A licence package."""

    number: Annotated[maintenance_values.PackageNumber, Required] = about(
        "the package's number, its key for good"
    )
    practice: Annotated[directory_values.PracticeName, Required] = about(
        "the practice's exact name, as in the practices file"
    )
    bought_on: Annotated[maintenance_values.Day, Required] = about(
        "the day of purchase, such as 2023-04-01 or 01.04.2023: maintenance falls due on its anniversaries"
    )
    vendor: directory_values.Slug = about(
        "slug of the company it was bought through; empty: the practice's own vendor", optional=True
    )
    maintained_until: maintenance_values.Day = about(
        "until when maintenance is paid; counts when the package is new. Empty: nothing before today is due",
        optional=True,
    )
    ended_on: maintenance_values.Day = about(
        "when it was given up: what is due stays due, nothing falls due after it; or empty", optional=True
    )
    reminder_stages: maintenance_values.Stages = about(
        "when to remind: days from the due date, such as -90 -30 0 14; empty: as its vendor has it",
        optional=True,
    )

    @field_validator("maintained_until", "ended_on")
    @classmethod
    def _not_before_purchase(cls, value: str, info: ValidationInfo) -> str:
        bought_on = info.data.get("bought_on")
        if value and bought_on and value < bought_on:
            raise ValueError(f"this is before the purchase on {bought_on}: correct one of the two")
        return value


class EntryLine(Line):
    """Something that happened to a maintenance period."""

    package: Annotated[maintenance_values.PackageNumber, Required] = about("the package's number")
    period: Annotated[maintenance_values.Period, Required] = about(
        "the year in which the period falls due, such as 2026, or its due date"
    )
    kind: Annotated[maintenance_values.Kind, Required] = about(
        f"{', '.join(EntryKind)}; bezahlt, berechnet, abgeführt and the like are understood"
    )
    leg: maintenance_values.LegWord = about(
        "practice or remittance; empty: the one that the kind belongs to", optional=True
    )
    date: Annotated[maintenance_values.Day, Required] = about("when it happened")
    amount: maintenance_values.Amount = about(
        "what was billed, paid or remitted, VAT included, such as 117,81 or 117.81", optional=True
    )
    reference: directory_values.Note = about(
        "what it is found by: the number of a purchase order, an invoice, a transfer", optional=True
    )
    note: directory_values.Note = about("anything else, at most 300 characters", optional=True)
    vat_percent: maintenance_values.Percent = about(
        "the rate, with vat, or with billed if it is not the usual one", optional=True
    )
    vat_reason: maintenance_values.Reason = about(
        "why this rate: domestic, reverse-charge, export or no-vat-id", optional=True
    )
    moved_to: maintenance_values.Day = about("the new due date, with moved", optional=True)
    corrects: maintenance_values.EntryNumber = about(
        "with correction: the number of the entry taken back, as `signpost entries` shows it", optional=True
    )

    @field_validator("leg")
    @classmethod
    def _own_leg(cls, value: str, info: ValidationInfo) -> str:
        is_remitted = info.data.get("kind") == EntryKind.REMITTED
        return value or (Leg.REMITTANCE if is_remitted else Leg.PRACTICE)

    @field_validator("amount")
    @classmethod
    def _belongs_to_kind(cls, value: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        if value and kind and kind not in WITH_AMOUNT:
            raise ValueError(f"“{kind}” has no amount: empty this cell")
        return value

    @field_validator("vat_percent", "vat_reason")
    @classmethod
    def _is_vat(cls, value: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        if value and kind and kind not in _WITH_VAT:
            raise ValueError(f"“{kind}” sets no VAT: empty this cell, or add a line of the kind vat")
        return value

    @field_validator("vat_reason")
    @classmethod
    def _goes_with_rate(cls, value: str, info: ValidationInfo) -> str:
        rate = info.data.get("vat_percent")
        if rate is not None and bool(rate) != bool(value):
            raise ValueError("fill vat_percent and vat_reason, or neither")
        if value in _FREE_OF_VAT and rate not in (None, "0"):
            raise ValueError(f"the seller charges no VAT with {value}: the rate is 0")
        return value

    @field_validator("moved_to")
    @classmethod
    def _is_move(cls, value: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        if kind and bool(value) != (kind == EntryKind.MOVED):
            raise ValueError(f"“{kind}” moves nothing: empty this cell" if value else "give the new due date")
        return value

    @field_validator("corrects")
    @classmethod
    def _is_correction(cls, value: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        if value and kind and kind != EntryKind.CORRECTION:
            raise ValueError(f"“{kind}” corrects nothing: empty this cell")
        return value
