"""Days as people write them, in German, English, American and ISO notation."""

import re
from collections.abc import Iterator
from datetime import date

from msgspec import Struct


class WrittenDay(Struct, frozen=True):
    """A day found in a text at `start` to `end`.

    `readings` are the days it may mean: 03/04/2010 is two, and a year of two digits stands in each century.
    `has_time`: a time of day follows, as in a log.
    """

    start: int
    end: int
    readings: tuple[date, ...]
    is_year_short: bool
    has_time: bool


_MONTHS = (
    ("january", "januar", "jänner", "jan"),
    ("february", "februar", "feber", "feb"),
    ("march", "märz", "maerz", "mar", "mär", "mrz"),
    ("april", "apr"),
    ("may", "mai"),
    ("june", "juni", "jun"),
    ("july", "juli", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oktober", "oct", "okt"),
    ("november", "nov"),
    ("december", "dezember", "dec", "dez"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_YEAR = r"(?:1[89]|20|21)[0-9]{2}"
# A digit, or a point or colon with a digit beyond it, belongs to a version, an address or a time.
_BEFORE = r"(?<![^\W_])(?<![0-9][.:/-])"
_AFTER = r"(?:(?=T[0-9])|(?![^\W_]))(?![.:/-][0-9])"
_DAY = re.compile(
    _BEFORE
    + "(?:"
    + rf"(?P<iso_year>{_YEAR})(?P<iso>[-/.])(?P<iso_month>[0-9]{{1,2}})(?P=iso)(?P<iso_day>[0-9]{{1,2}})"
    + r"|(?P<first>[0-9]{1,2})(?P<sign>[./-])[ ]?(?P<second>[0-9]{1,2})(?P=sign)[ ]?"
    + rf"(?P<year>{_YEAR}|[0-9]{{2}})"
    + rf"|(?P<day>[0-9]{{1,2}})(?:\.|st|nd|rd|th)?(?:[ ]of)?[ -]?(?P<month>{_MONTH})[.,]?[ -]?"
    + rf"(?P<named_year>{_YEAR}|[0-9]{{2}})"
    + rf"|(?P<us_month>{_MONTH})\.?[ ](?P<us_day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?[ ](?P<us_year>{_YEAR})"
    + ")"
    + _AFTER,
    re.IGNORECASE,
)
_TIME = re.compile(r"[T,]?[ ]{0,2}(?:um |at )?[0-9]{1,2}[:.][0-9]{2}")


def written_days(text: str) -> Iterator[WrittenDay]:
    """Find every day in `text`, first to last; what no calendar has (31.02.) is left out."""
    for found in _DAY.finditer(text):
        readings, is_short = _readings(found)
        if readings:
            has_time = _TIME.match(text, found.end()) is not None
            yield WrittenDay(found.start(), found.end(), readings, is_short, has_time)


def _readings(found: re.Match[str]) -> tuple[tuple[date, ...], bool]:
    if found["iso_year"]:
        return _days(found["iso_year"], [(found["iso_month"], found["iso_day"])]), False
    if found["us_month"]:
        return _days(found["us_year"], [(_number_of(found["us_month"]), found["us_day"])]), False
    if found["month"]:
        year = found["named_year"]
        return _days(year, [(_number_of(found["month"]), found["day"])]), len(year) == 2
    year, first, second = found["year"], found["first"], found["second"]
    # With points it is German, which has one order only.
    orders = [(second, first)] if found["sign"] == "." else [(second, first), (first, second)]
    return _days(year, orders), len(year) == 2


def _number_of(month: str) -> str:
    return str(_MONTH_OF[month.casefold()])


def _days(year: str, orders: list[tuple[str, str]]) -> tuple[date, ...]:
    years = [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)]
    found = (_day(number, int(month), int(day)) for number in years for month, day in orders)
    return tuple(dict.fromkeys(day for day in found if day is not None))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
