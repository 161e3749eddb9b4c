"""Dates, money and shares as the reader's language writes them."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from bot.domain.scheme import Language

_LOCALES = {Language.EN: "en_GB", Language.DE: "de_DE"}


@lru_cache(maxsize=1024)
def day(language: Language, value: date) -> str:
    """Write a date, such as 25 Apr 2024."""
    return format_date(value, "medium", locale=_LOCALES[language])


def month(language: Language, value: date) -> str:
    """Write the month of a date, such as Apr 2024."""
    return format_skeleton("yMMM", value, locale=_LOCALES[language])


@lru_cache(maxsize=1024)
def moment(language: Language, instant: datetime, time_zone: str) -> str:
    """Write an aware instant as weekday, day and time in `time_zone`, such as Tue 24 Nov, 08:00."""
    local = instant.astimezone(ZoneInfo(time_zone))
    locale = _LOCALES[language]
    return f"{format_skeleton('MMMEd', local, locale=locale)}, {format_skeleton('Hm', local, locale=locale)}"


def money(language: Language, cents: int, currency: str) -> str:
    """Write an amount given in cents; whole amounts without decimals, as the scheme writes EUR 99."""
    pattern = None if cents % 100 else "¤¤ #,##0" if language is Language.EN else "#,##0 ¤¤"
    return format_currency(
        cents / 100, currency, pattern, locale=_LOCALES[language], currency_digits=bool(cents % 100)
    ).replace("\xa0", " ")


def percent(language: Language, share: float) -> str:
    """Write a share of 0 to 1 as whole per cent."""
    return _percent(language, Decimal(str(share)).quantize(Decimal("0.01")))


@lru_cache(maxsize=512)
def _percent(language: Language, share: Decimal) -> str:
    return format_percent(share, locale=_LOCALES[language]).replace("\xa0", " ")


def every(language: Language, names: list[str]) -> str:
    """Join names with commas and *and*."""
    return format_list(names, "standard", locale=_LOCALES[language])


def either(language: Language, names: list[str]) -> str:
    """Join names with commas and *or*."""
    return format_list(names, "or", locale=_LOCALES[language])


def amount(language: Language, cents: int, currency: str) -> str:
    """Write an amount given in cents, always to the cent, such as EUR 99.00."""
    pattern = "¤¤ #,##0.00" if language is Language.EN else "#,##0.00 ¤¤"
    return format_currency(cents / 100, currency, pattern, locale=_LOCALES[language]).replace("\xa0", " ")


def rate(language: Language, basis_points: int) -> str:
    """Write a VAT rate given in basis points, such as 8.1%."""
    shown = format_percent(basis_points / 10_000, "#,##0.##%", locale=_LOCALES[language])
    return shown.replace("%", " %") if language is Language.DE else shown


def plain_amount(language: Language, cents: int) -> str:
    """Write an amount given in cents for a column: always with decimals, without its currency."""
    return format_decimal(Decimal(cents) / 100, "#,##0.00", locale=_LOCALES[language])


def span(language: Language, first: date, last: date) -> str:
    """Write two dates as from and to; a single day as itself."""
    return day(language, first) if first == last else f"{day(language, first)} – {day(language, last)}"
