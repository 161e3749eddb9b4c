from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.eu.vat import MEMBER_STATES

from bot.domain.maintenance.vat import (
    Charge,
    TaxParty,
    UnknownVatError,
    Vat,
    VatReason,
    VatTable,
    vat_between,
)
from tests.builders import scheme

TABLE = VatTable(
    rates={
        "DE": ((date(2007, 1, 1), 1900), (date(2020, 7, 1), 1600), (date(2021, 1, 1), 1900)),
        "FR": ((date(2014, 1, 1), 2000),),
        "GR": ((date(2016, 6, 1), 2400),),
        "CH": ((date(2018, 1, 1), 770), (date(2024, 1, 1), 810)),
        "GB": ((date(2011, 1, 4), 2000),),
    },
    union={
        "DE": (date(1993, 1, 1), None),
        "FR": (date(1993, 1, 1), None),
        "GR": (date(1993, 1, 1), None),
        "GB": (date(1993, 1, 1), date(2020, 12, 31)),
    },
)
TODAY = date(2026, 6, 15)
SELLER = TaxParty("DE", "DE136695976")
SWISS = TaxParty("CH", "CHE-107.787.577 MWST")
BRITISH = TaxParty("GB", "GB980780684")

CASES: dict[str, tuple[TaxParty, TaxParty, date, int, VatReason]] = {
    # seller, buyer, day, rate, reason
    "at home with a VAT id": (SELLER, TaxParty("DE", "DE143593636"), TODAY, 1900, VatReason.DOMESTIC),
    "at home without one": (SELLER, TaxParty("DE"), TODAY, 1900, VatReason.DOMESTIC),
    "France with a VAT id": (SELLER, TaxParty("FR", "FR40303265045"), TODAY, 0, VatReason.REVERSE_CHARGE),
    "France without one": (SELLER, TaxParty("FR"), TODAY, 1900, VatReason.NO_VAT_ID),
    "France, the seller has none": (
        TaxParty("DE"), TaxParty("FR", "FR40303265045"), TODAY, 1900, VatReason.NO_VAT_ID,
    ),
    "Switzerland": (SELLER, SWISS, TODAY, 0, VatReason.EXPORT),
    "Switzerland without a VAT id": (SELLER, TaxParty("CH"), TODAY, 0, VatReason.EXPORT),
    "Swiss among themselves": (SWISS, TaxParty("CH"), TODAY, 810, VatReason.DOMESTIC),
    "Swiss among themselves before 2024": (SWISS, SWISS, date(2023, 12, 31), 770, VatReason.DOMESTIC),
    "from Switzerland into the union": (SWISS, SELLER, TODAY, 0, VatReason.EXPORT),
    "Britain on the last day of the union": (
        SELLER, BRITISH, date(2020, 12, 31), 0, VatReason.REVERSE_CHARGE,
    ),
    "Britain without a VAT id on that day": (
        SELLER, TaxParty("GB"), date(2020, 12, 31), 1600, VatReason.NO_VAT_ID,
    ),
    "Britain from 2021 on": (SELLER, BRITISH, date(2021, 1, 1), 0, VatReason.EXPORT),
    "Britain from 2021 on without a VAT id": (
        SELLER, TaxParty("GB"), date(2021, 1, 1), 0, VatReason.EXPORT,
    ),
    "British among themselves": (BRITISH, TaxParty("GB"), TODAY, 2000, VatReason.DOMESTIC),
    "Northern Ireland counts as British for services": (
        SELLER, TaxParty("GB", "XI980780684"), TODAY, 0, VatReason.EXPORT,
    ),
    "Greece, whose ids begin otherwise": (
        SELLER, TaxParty("GR", "EL094259216"), TODAY, 0, VatReason.REVERSE_CHARGE,
    ),
    "Greeks among themselves": (
        TaxParty("GR"), TaxParty("GR", "EL094259216"), TODAY, 2400, VatReason.DOMESTIC,
    ),
    "a French VAT id at a German address": (
        SELLER, TaxParty("DE", "FR40303265045"), TODAY, 0, VatReason.REVERSE_CHARGE,
    ),
    "a German VAT id at a French address": (
        SELLER, TaxParty("FR", "DE143593636"), TODAY, 1900, VatReason.DOMESTIC,
    ),
    "a country that nobody knows is the seller's": (SELLER, TaxParty(""), TODAY, 1900, VatReason.DOMESTIC),
    "a VAT id tells the country that nobody gave": (
        SELLER, TaxParty("", "FR40303265045"), TODAY, 0, VatReason.REVERSE_CHARGE,
    ),
    "a country that is not in the table": (SELLER, TaxParty("TR"), TODAY, 0, VatReason.EXPORT),
    "Germany before the half year": (SELLER, SELLER, date(2020, 6, 30), 1900, VatReason.DOMESTIC),
    "Germany on its first day": (SELLER, SELLER, date(2020, 7, 1), 1600, VatReason.DOMESTIC),
    "Germany on its last day": (SELLER, SELLER, date(2020, 12, 31), 1600, VatReason.DOMESTIC),
    "Germany after it": (SELLER, SELLER, date(2021, 1, 1), 1900, VatReason.DOMESTIC),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("table", ["small", "shipped"])
def test_vat_follows_from_who_sells_to_whom_and_when(case: str, table: str) -> None:
    seller, buyer, on, rate, reason = CASES[case]
    used = TABLE if table == "small" else scheme().vat
    assert vat_between(used, seller, buyer, on) == Vat(rate, reason)


@pytest.mark.parametrize(
    ("seller", "on", "words"),
    [
        (TaxParty("TR"), TODAY, "no VAT rate is known for TR on 2026-06-15"),
        (TaxParty("DE"), date(2006, 12, 31), "no VAT rate is known for DE on 2006-12-31"),
        (TaxParty(""), TODAY, "no VAT rate is known for an unknown country on 2026-06-15"),
    ],
)
def test_without_a_rate_it_says_so(seller: TaxParty, on: date, words: str) -> None:
    with pytest.raises(UnknownVatError, match=words) as unknown:
        vat_between(TABLE, seller, TaxParty(""), on)
    assert (unknown.value.country, unknown.value.on) == (seller.country, on)


def test_a_seller_whom_nobody_can_place_exports_nothing() -> None:
    with pytest.raises(UnknownVatError):
        vat_between(TABLE, TaxParty(""), TaxParty("DE"), TODAY)


@pytest.mark.parametrize(
    ("party", "seat"),
    [
        (TaxParty("DE"), "DE"),
        (TaxParty("GR", "EL094259216"), "GR"),
        (TaxParty("GB", "XI980780684"), "GB"),
        (TaxParty("LI", "CHE-107.787.577 MWST"), "CH"),
        (TaxParty("DE", "FR40303265045"), "FR"),
        (TaxParty(""), ""),
    ],
)
def test_the_vat_id_tells_the_country_before_the_address_does(party: TaxParty, seat: str) -> None:
    assert party.seat == seat


def test_nobody_outside_the_table_is_in_the_union() -> None:
    assert not VatTable({}, {}).is_in_union("DE", TODAY)
    assert TABLE.is_in_union("GB", date(1993, 1, 1))
    assert not TABLE.is_in_union("GB", date(1992, 12, 31))


# ---- money ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("net_cents", "rate", "vat_cents", "gross_cents"),
    [
        (9900, 1900, 1881, 11781),
        (9900, 1600, 1584, 11484),
        (9900, 810, 802, 10702),  # 801.9
        (9900, 2550, 2525, 12425),  # 2524.5: half a cent goes up
        (9900, 770, 762, 10662),  # 762.3
        (50, 1900, 10, 60),  # 9.5
        (2, 2500, 1, 3),  # 0.5, where rounding to even would give 0
        (9900, 0, 0, 9900),
        (0, 1900, 0, 0),
    ],
)
def test_vat_is_rounded_to_the_cent_and_half_a_cent_goes_up(
    net_cents: int, rate: int, vat_cents: int, gross_cents: int
) -> None:
    charge = Charge(net_cents, Vat(rate, VatReason.DOMESTIC))
    assert (charge.vat_cents, charge.gross_cents) == (vat_cents, gross_cents)


@given(st.integers(0, 10**12), st.integers(0, 10_000))
@example(9900, 2550)
def test_rounding_is_that_of_exact_fractions(net_cents: int, rate: int) -> None:
    exact = Fraction(net_cents * rate, 10_000)
    assert Charge(net_cents, Vat(rate, VatReason.DOMESTIC)).vat_cents == floor(exact + Fraction(1, 2))


# ---- the table that is shipped -----------------------------------------------------------------------

EU = {state.upper() for state in MEMBER_STATES - {"xi"}}


def test_the_shipped_table_knows_the_union_and_its_neighbours_since_2015() -> None:
    table = scheme().vat
    assert len(EU) == 27
    assert set(table.rates) == {*EU, "CH", "LI", "GB", "NO", "IS"}
    assert set(table.union) == {*EU, "GB"}
    assert all(1500 <= table.rate(country, date(2015, 1, 1)) <= 2700 for country in EU)
    assert all(table.rate(country, date(2015, 1, 1)) > 0 for country in table.rates)
    assert [country for country in table.union if not table.is_in_union(country, TODAY)] == ["GB"]


@pytest.mark.parametrize(
    ("country", "day", "percent"),
    [
        ("EE", "2023-12-31", "20"), ("EE", "2024-01-01", "22"),
        ("EE", "2025-06-30", "22"), ("EE", "2025-07-01", "24"),
        ("FI", "2024-08-31", "24"), ("FI", "2024-09-01", "25.5"),
        ("RO", "2025-07-31", "19"), ("RO", "2025-08-01", "21"),
        ("SK", "2024-12-31", "20"), ("SK", "2025-01-01", "23"),
        ("CH", "2023-12-31", "7.7"), ("CH", "2024-01-01", "8.1"),
        ("LI", "2024-01-01", "8.1"),
        ("LU", "2023-06-01", "16"), ("LU", "2024-01-01", "17"),
        ("IE", "2020-09-01", "21"), ("IE", "2021-03-01", "23"),
        ("GR", "2016-05-31", "23"), ("GR", "2016-06-01", "24"),
        ("GB", "2026-06-15", "20"), ("NO", "2026-06-15", "25"), ("IS", "2026-06-15", "24"),
        ("AT", "2026-06-15", "20"), ("FR", "2026-06-15", "20"), ("IT", "2026-06-15", "22"),
        ("HU", "2026-06-15", "27"), ("PL", "2026-06-15", "23"), ("NL", "2026-06-15", "21"),
    ],
)  # fmt: skip
def test_the_shipped_rates_are_those_of_their_day(country: str, day: str, percent: str) -> None:
    assert scheme().vat.rate(country, date.fromisoformat(day)) == Decimal(percent) * 100
