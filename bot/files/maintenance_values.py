"""What may stand in the cells that concern maintenance: days, amounts, and people's own words.

Each check returns the value in its one proper form; an empty cell passes. A check raises `ValueError` with
the remedy as its words.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.ladder import read_stages
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.vat import VatReason
from bot.domain.written_dates import written_days

_MIDNIGHT = re.compile(r"[T ]+0?0:00(:00(\.0+)?)?")
_SPACES = "\u00a0\u202f\u2009"


def day(value: str) -> str:
    """Return a day in ISO notation. What may be two days, such as 03/04/2025, is refused."""
    found = next(iter(written_days(value)), None)
    rest = "" if found is None else value[found.end :]
    if found is None or found.start or (rest and not _MIDNIGHT.fullmatch(rest)):
        raise ValueError("this is no day: write it like 2025-12-31 or 31.12.2025")
    if found.is_year_short:
        # 10.11.12 is a day in three orders, and a purchase may be of 1998 as well as of 2098.
        raise ValueError("the year has two digits only: write all four, such as 31.12.2025")
    if len(found.readings) > 1:
        either = " or ".join(reading.isoformat() for reading in found.readings)
        raise ValueError(f"this may be {either}: write which of them")
    return found.readings[0].isoformat()


def day_of_year(value: str) -> str:
    """Return month and day as `04-01`, from that or from `1.4.` or `1 April`."""
    for text in (f"2001-{value}", f"{value.rstrip('.')}.2001", f"{value} 2001"):
        found = next(iter(written_days(text)), None)
        if found is not None and (found.start, found.end) == (0, len(text)) and len(found.readings) == 1:
            return f"{found.readings[0]:%m-%d}"
    raise ValueError("this is no day that every year has: write month and day like 04-01, or 1.4.")


def days(value: str) -> str:
    """Return a number of days, up to a year."""
    if not re.fullmatch(r"\d{1,3}", value) or int(value) > 365:
        raise ValueError("write a whole number of days from 0 to 365")
    return str(int(value))


def stages(value: str) -> str:
    """Return the stages of a ladder in order, with blanks between."""
    try:
        return " ".join(str(stage) for stage in read_stages(value))
    except ValueError as error:
        raise ValueError(f"{error}: write days from the due date, such as -90 -30 0 14") from None


def reminders_to(value: str) -> str:
    """Return `person` or `channel`."""
    found = {"person": "person", "channel": "channel", "kanal": "channel"}.get(value.casefold())
    if found is None:
        raise ValueError("write person or channel, or leave it empty")
    return found


_AMOUNT = re.compile(r"(?P<whole>\d+)(?:[.,](?P<cents>\d{1,2}))?")
_GROUPED = re.compile(
    r"(?P<whole>\d{1,3}(?:(?P<sign>[.,'’ ])\d{3})+)(?:(?!(?P=sign))[.,](?P<cents>\d{1,2}))?"
)


def cents(value: str) -> int:
    """Read an amount in euros as people write it; `1.234` and `1,234` are refused, being two amounts."""
    plain = unicodedata.normalize("NFKC", value).translate(dict.fromkeys(map(ord, _SPACES), " "))
    plain = re.sub(r"^(EUR|€)\s*|\s*(EUR|€)$", "", plain.strip(), flags=re.IGNORECASE)
    if plain.startswith(("-", "−", "(")):
        raise ValueError("an amount is never negative: take an entry back with a correction")
    found = _AMOUNT.fullmatch(plain) or _GROUPED.fullmatch(plain)
    if found is None:
        raise ValueError("this is no amount: write it like 117,81 or 117.81")
    if re.fullmatch(r"\d{1,3}[.,]\d{3}", plain):
        whole, rest = re.split("[.,]", plain)
        raise ValueError(
            f"this may be {whole}{rest} or a little over {whole}: write {whole}{rest},00 or two decimals"
        )
    whole = re.sub(r"\D", "", found["whole"])
    return int(whole) * 100 + int((found["cents"] or "0").ljust(2, "0"))


def amount(value: str) -> str:
    """Return an amount as `117.81`."""
    return written_cents(cents(value))


def written_cents(number: int) -> str:
    """Write an amount in cents the way files have it."""
    return f"{number // 100}.{number % 100:02}"


def percent(value: str) -> str:
    """Return a rate in per cent, with a point and without what does not count."""
    plain = value.replace("%", "").replace(",", ".").strip()
    if not re.fullmatch(r"\d{1,2}(\.\d{1,2})?", plain):
        raise ValueError("this is no rate: write it like 19 or 8.1")
    return written_rate(rate(plain))


def rate(cell: str) -> int:
    """Read a rate in per cent, in its proper form, as basis points."""
    return int(Decimal(cell) * 100)


def written_rate(basis_points: int) -> str:
    """Write a rate in basis points as per cent."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")


_KINDS: Mapping[EntryKind, str] = {
    EntryKind.ANNOUNCED: "announced, angekündigt, mitgeteilt",
    EntryKind.BILLED: "billed, invoiced, berechnet, in rechnung gestellt, abgerechnet, fakturiert, rechnung",
    EntryKind.PAID: "paid, payment, collected, bezahlt, gezahlt, zahlung, beglichen, eingegangen",
    EntryKind.REMITTED: "remitted, remittance, passed on, abgeführt, weitergeleitet, abführung",
    EntryKind.CANCELLED: "cancelled, canceled, storniert, aufgehoben, annulliert",
    EntryKind.WAIVED: "waived, erlassen",
    EntryKind.CLAIMED: "claimed, said to be renewed, als verlängert gemeldet",
    EntryKind.NOT_RENEWING: "not-renewing, gekündigt, verlängert nicht, keine verlängerung",
    EntryKind.VAT: "vat, mwst, ust, mehrwertsteuer, umsatzsteuer",
    EntryKind.MOVED: "moved, postponed, verschoben, verlegt",
    EntryKind.CORRECTION: "correction, korrektur, berichtigung, zurückgenommen",
}
_LEGS: Mapping[Leg, str] = {
    Leg.PRACTICE: "practice, praxis, customer, kunde",
    Leg.REMITTANCE: "remittance, manufacturer, abführung, hersteller",
}
_REASONS: Mapping[VatReason, str] = {
    VatReason.DOMESTIC: "domestic, inland",
    VatReason.REVERSE_CHARGE: "reverse-charge, steuerschuldnerschaft des leistungsempfängers",
    VatReason.EXPORT: "export, third country, drittland",
    VatReason.NO_VAT_ID: "no-vat-id, ohne ust-id, keine ust-id",
}


def kind(value: str) -> str:
    """Return the kind of an entry, from people's own words for it, in English or German."""
    return _own_word(value, _KINDS)


def leg(value: str) -> str:
    """Return the leg that an entry belongs to."""
    return _own_word(value, _LEGS)


def vat_reason(value: str) -> str:
    """Return why a rate applies."""
    return _own_word(value, _REASONS)


def _own_word(
    value: str, table: Mapping[EntryKind, str] | Mapping[Leg, str] | Mapping[VatReason, str]
) -> str:
    for proper, words in table.items():
        if _plain(value) in {_plain(word) for word in words.split(",")}:
            return str(proper)
    raise ValueError(f"write one of {', '.join(table)}")


def _plain(word: str) -> str:
    return re.sub(r"[\s_.-]+", " ", unicodedata.normalize("NFC", word)).strip().casefold()


def package_number(value: str) -> str:
    """Return a package's number: its key, in one line, at most 60 characters; capitals count."""
    number = unicodedata.normalize("NFC", value)
    if len(number) > 60 or any(unicodedata.category(sign) == "Cc" for sign in number):
        raise ValueError("a number has at most 60 characters in one line: write it as the licence has it")
    return number


def period(value: str) -> str:
    """Return a period's year, or a day in ISO notation."""
    return value if re.fullmatch(r"(19|20|21)\d\d", value) else day(value)


def entry_number(value: str) -> str:
    """Return the number of an entry."""
    if not re.fullmatch(r"#?\d{1,12}", value):
        raise ValueError("write the number that `signpost entries PACKAGE` shows")
    return str(int(value.lstrip("#")))


def as_day(cell: str) -> date | None:
    """Return the day that a cell in its proper form says, `None` where it is empty."""
    return date.fromisoformat(cell) if cell else None


Day = Annotated[str, AfterValidator(lambda value: day(value) if value else "")]
DayOfYear = Annotated[str, AfterValidator(lambda value: day_of_year(value) if value else "")]
Days = Annotated[str, AfterValidator(lambda value: days(value) if value else "")]
Stages = Annotated[str, AfterValidator(lambda value: stages(value) if value else "")]
RemindersTo = Annotated[str, AfterValidator(lambda value: reminders_to(value) if value else "")]
Amount = Annotated[str, AfterValidator(lambda value: amount(value) if value else "")]
Percent = Annotated[str, AfterValidator(lambda value: percent(value) if value else "")]
Kind = Annotated[str, AfterValidator(lambda value: kind(value) if value else "")]
LegWord = Annotated[str, AfterValidator(lambda value: leg(value) if value else "")]
Reason = Annotated[str, AfterValidator(lambda value: vat_reason(value) if value else "")]
PackageNumber = Annotated[str, AfterValidator(lambda value: package_number(value) if value else "")]
Period = Annotated[str, AfterValidator(lambda value: period(value) if value else "")]
EntryNumber = Annotated[str, AfterValidator(lambda value: entry_number(value) if value else "")]
