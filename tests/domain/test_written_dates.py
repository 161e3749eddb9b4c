from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.written_dates import written_days

DE = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
EN = "January February March April May June July August September October November December"


def notations(day: date) -> list[str]:
    german, english = DE.split()[day.month - 1], EN.split()[day.month - 1]
    return [
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day}. {day.month}. {day.year}",
        f"{day.day}. {german} {day.year}",
        f"{day.day} {german[:3]} {day.year}",
        day.isoformat(),
        f"{day:%Y/%m/%d}",
        f"{day:%m/%d/%Y}",
        f"{day:%d/%m/%Y}",
        f"{day:%d-%m-%Y}",
        f"{english} {day.day}, {day.year}",
        f"{english[:3]}. {day.day}th {day.year}",
        f"{day.day}th of {english} {day.year}",
        f"{day:%d}-{english[:3]}-{day.year}",
    ]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_in_every_notation(day: date) -> None:
    for written in notations(day):
        (found,) = written_days(f"on {written}, they said")
        assert day in found.readings, written
        assert found.start == 3
        assert found.end == 3 + len(written)


def test_slashes_may_mean_two_days_and_points_only_one() -> None:
    (slashes,) = written_days("03/04/2010")
    assert set(slashes.readings) == {date(2010, 4, 3), date(2010, 3, 4)}
    (points,) = written_days("03.04.2010")
    assert points.readings == (date(2010, 4, 3),)


def test_a_short_year_stands_in_both_centuries() -> None:
    (found,) = written_days("12.3.87")
    assert found.is_year_short
    assert found.readings == (date(1987, 3, 12), date(2087, 3, 12))


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2010",
        "13/13/2010",
        "2010-13-01",
        "version 4.12.03.2010",
        "4.12.2010.7",
        "build 12.03.2010.1",
        "192.168.10.12",
        "v12.03.2010",
        "10.12.99.1:8080",
        "12.03.20107",
        "12345.03.2010",
        "12.03.2010x",
    ],
)
def test_what_no_calendar_has_and_what_is_part_of_more_is_no_day(text: str) -> None:
    assert list(written_days(text)) == []


@pytest.mark.parametrize(
    "text", ["2019-03-12 10:15:33", "2019-03-12T10:15", "12.03.2019, 10:15", "12.03.2019 um 9:30"]
)
def test_a_time_of_day_behind_a_day_is_noticed(text: str) -> None:
    (found,) = written_days(text)
    assert found.has_time


def test_several_days_come_in_their_order() -> None:
    found = list(written_days("from 12.03.2019 to 2020-01-31"))
    assert [day.readings[0] for day in found] == [date(2019, 3, 12), date(2020, 1, 31)]
    assert not any(day.has_time for day in found)


@given(st.text(max_size=200))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert all(text[day.start : day.end].strip() for day in written_days(text))
