from datetime import UTC, date, datetime

import pytest

from bot.domain.scheme import Language
from bot.wording.formats import day, either, every, moment, money, percent, span

EN, DE = Language.EN, Language.DE


@pytest.mark.parametrize(
    ("language", "value", "expected"),
    [
        (EN, date(2024, 4, 25), "25 Apr 2024"),
        (DE, date(2024, 4, 25), "25.04.2024"),
        (EN, date(2028, 2, 29), "29 Feb 2028"),
        (DE, date(2026, 12, 31), "31.12.2026"),
    ],
)
def test_a_date_is_written_as_the_language_writes_it(language: Language, value: date, expected: str) -> None:
    assert day(language, value) == expected


@pytest.mark.parametrize(
    ("language", "time_zone", "expected"),
    [
        (EN, "Europe/Berlin", "Tue 24 Nov, 08:00"),
        (DE, "Europe/Berlin", "Di., 24. Nov., 08:00"),
        (EN, "America/Chicago", "Tue 24 Nov, 01:00"),
        (EN, "Asia/Tokyo", "Tue 24 Nov, 16:00"),
        (EN, "Pacific/Honolulu", "Mon 23 Nov, 21:00"),
    ],
)
def test_a_moment_is_written_in_the_zone_that_is_asked_for(
    language: Language, time_zone: str, expected: str
) -> None:
    assert moment(language, datetime(2026, 11, 24, 7, 0, tzinfo=UTC), time_zone) == expected


def test_a_moment_in_summer_is_summer_time() -> None:
    assert moment(EN, datetime(2026, 7, 1, 6, 0, tzinfo=UTC), "Europe/Berlin") == "Wed 1 Jul, 08:00"


@pytest.mark.parametrize(
    ("language", "cents", "expected"),
    [
        (EN, 9900, "EUR 99"),
        (DE, 9900, "99 EUR"),
        (EN, 123_456_700, "EUR 1,234,567"),
        (DE, 123_456_700, "1.234.567 EUR"),
        (EN, 9950, "€99.50"),
        (DE, 9950, "99,50 €"),
        (EN, 1, "€0.01"),
        (EN, 0, "EUR 0"),
    ],
)
def test_money_has_cents_only_where_there_are_any(language: Language, cents: int, expected: str) -> None:
    assert money(language, cents, "EUR") == expected


@pytest.mark.parametrize(
    ("language", "share", "expected"),
    [(EN, 0.914, "91%"), (DE, 0.914, "91 %"), (EN, 0.0, "0%"), (EN, 1.0, "100%"), (DE, 0.005, "0 %")],
)
def test_a_share_is_whole_per_cent(language: Language, share: float, expected: str) -> None:
    assert percent(language, share) == expected


@pytest.mark.parametrize(
    ("language", "names", "expected"),
    [
        (EN, ["A"], "A"),
        (EN, ["A", "B"], "A or B"),
        (EN, ["A", "B", "C"], "A, B or C"),
        (DE, ["A", "B", "C"], "A, B oder C"),
    ],
)
def test_names_are_joined_with_or(language: Language, names: list[str], expected: str) -> None:
    assert either(language, names) == expected


@pytest.mark.parametrize(
    ("language", "names", "expected"),
    [(EN, ["A"], "A"), (EN, ["A", "B", "C"], "A, B and C"), (DE, ["A", "B", "C"], "A, B und C")],
)
def test_names_are_joined_with_and(language: Language, names: list[str], expected: str) -> None:
    assert every(language, names) == expected


def test_a_span_of_one_day_is_that_day() -> None:
    first = date(2026, 11, 24)
    assert span(EN, first, first) == "24 Nov 2026"
    assert span(DE, first, date(2026, 11, 25)) == "24.11.2026 – 25.11.2026"
