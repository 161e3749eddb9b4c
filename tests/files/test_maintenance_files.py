"""Days, amounts and people's own words, as the files of packages and entries have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.files import maintenance_values as values
from bot.files.csv_table import FileRefused, protect, unprotect
from bot.files.directory_csv import EntrySheet, PackageSheet, read_sheet, write_sheet
from bot.files.kinds import Kind

PACKAGE = {"number": "OC-1", "practice": "Kieferorthopädie am Markt", "bought_on": "2023-04-01"}
PAID = {"package": "OC-1", "period": "2026", "kind": "paid", "date": "2026-04-02", "amount": "117.81"}


def packages(*rows: dict[str, str]) -> PackageSheet:
    sheet = read_sheet(Kind.PACKAGES, write_sheet(Kind.PACKAGES, rows), "packages.csv")
    assert isinstance(sheet, PackageSheet)
    return sheet


def entries(*rows: dict[str, str]) -> EntrySheet:
    sheet = read_sheet(Kind.ENTRIES, write_sheet(Kind.ENTRIES, rows), "entries.csv")
    assert isinstance(sheet, EntrySheet)
    return sheet


def fault(**cells: str) -> str:
    with pytest.raises(FileRefused) as refused:
        entries({**PAID, **cells})
    (found,) = refused.value.faults
    return str(found)


@pytest.mark.parametrize(
    "written",
    ["2025-12-31", "31.12.2025", "31. Dezember 2025", "31/12/2025", "12/31/2025", "2025-12-31 00:00:00"],
)
def test_a_day_is_read_in_every_order_that_is_clear(written: str) -> None:
    assert values.day(written) == "2025-12-31"


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("31.12.25", "all four"),
        ("03/04/2025", "2025-04-03 or 2025-03-04"),
        ("45678", "no day"),
        ("31.02.2025", "no day"),
        ("2025-12-31 14:30", "no day"),
        ("yesterday", "no day"),
    ],
)
def test_a_day_that_is_not_clear_is_refused_with_a_remedy(written: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        values.day(written)


@pytest.mark.parametrize("written", ["04-01", "1.4.", "01.04.", "1.4", "1 April", "01. Apr"])
def test_the_day_on_which_a_billing_year_begins(written: str) -> None:
    assert values.day_of_year(written) == "04-01"


@pytest.mark.parametrize("written", ["29.2.", "1/4", "13-01", "April"])
def test_a_day_that_not_every_year_has_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="write month and day"):
        values.day_of_year(written)


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("117,81", 11781),
        ("117.81", 11781),
        ("99", 9900),
        ("99,5", 9950),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1'234.56", 123456),
        ("1 234,56", 123456),
        ("1\u202f234,56", 123456),
        ("1.234.567", 123456700),
        ("€ 117,81", 11781),
        ("117,81 EUR", 11781),
    ],
)
def test_amounts_are_read_with_commas_and_with_points(written: str, cents: int) -> None:
    assert values.cents(written) == cents


@pytest.mark.parametrize("written", ["1.234", "1,234", "-99", "12,34,56", "117,815", "ninety", "99 CHF", ""])
def test_amounts_that_may_be_another_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="amount|may be"):
        values.cents(written)


@given(st.integers(0, 10**9))
def test_an_amount_that_was_written_is_read_again(cents: int) -> None:
    assert values.cents(values.written_cents(cents)) == cents
    assert unprotect(protect(values.written_cents(cents))) == values.written_cents(cents)


@given(st.integers(0, 9999))
def test_a_rate_that_was_written_is_read_again(rate: int) -> None:
    assert values.rate(values.percent(values.written_rate(rate))) == rate


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Bezahlt", "paid"),
        ("in Rechnung gestellt", "billed"),
        ("abgeführt", "remitted"),
        ("canceled", "cancelled"),
        ("not renewing", "not-renewing"),
        ("Not_Renewing", "not-renewing"),
        ("MwSt", "vat"),
        ("verschoben", "moved"),
    ],
)
def test_people_have_their_own_words(word: str, kind: str) -> None:
    assert values.kind(word) == kind


@pytest.mark.parametrize(
    "word",
    [kind for kind in ("announced", "billed", "paid", "remitted", "cancelled", "waived", "claimed", "vat")],
)
def test_every_kind_is_its_own_word(word: str) -> None:
    assert values.kind(word) == word


def test_an_empty_leg_is_the_one_that_the_kind_belongs_to() -> None:
    sheet = entries(PAID, {**PAID, "kind": "remitted"})
    assert [entry.values.leg for entry in sheet.entries] == ["practice", "remittance"]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"kind": "waived"}, 'amount "117.81": “waived” has no amount'),
        ({"vat_percent": "19", "vat_reason": "domestic"}, "“paid” sets no VAT"),
        ({"kind": "billed", "vat_percent": "19"}, "fill vat_percent and vat_reason, or neither"),
        ({"kind": "billed", "vat_percent": "19", "vat_reason": "export"}, "the rate is 0"),
        ({"moved_to": "2026-05-01"}, "“paid” moves nothing"),
        ({"kind": "moved", "amount": ""}, "moved_to: give the new due date"),
        ({"corrects": "3"}, "“paid” corrects nothing"),
        ({"date": "02/03/2026"}, "this may be"),
        ({"kind": "überwiesen"}, "write one of announced"),
    ],
)
def test_a_cell_that_does_not_go_with_the_kind_is_a_fault(cells: dict[str, str], words: str) -> None:
    if "sets no VAT" in words:
        with pytest.raises(FileRefused) as refused:
            entries({**PAID, **cells})
        assert all(words in str(found) for found in refused.value.faults)
    else:
        assert words in fault(**cells)


def test_columns_may_be_left_out_where_nothing_is_known() -> None:
    content = "Number;Practice;Bought_on\nOC-1;Kieferorthopädie am Markt;1.4.2023\n".encode("cp1252")
    sheet = read_sheet(Kind.PACKAGES, content, "packages.csv")
    assert isinstance(sheet, PackageSheet)
    assert sheet.entries[0].values.bought_on == "2023-04-01"
    assert sheet.absent == {"vendor", "maintained_until", "ended_on", "reminder_stages"}


def test_a_package_stands_in_the_file_once() -> None:
    with pytest.raises(FileRefused, match=r"packages.csv:3 number \"OC-1\": line 2 has it already"):
        packages(PACKAGE, PACKAGE)


def test_nothing_happens_to_a_package_before_it_is_bought() -> None:
    with pytest.raises(FileRefused) as refused:
        packages({**PACKAGE, "maintained_until": "2022-04-01", "ended_on": "1.1.2020"})
    assert [found.column for found in refused.value.faults] == ["maintained_until", "ended_on"]


@pytest.mark.parametrize("cell", ["04-01", "11.81", "8.1", "-90 -30 0", "=1+1", "@x", "007"])
def test_what_a_spreadsheet_would_rewrite_is_protected_and_comes_back(cell: str) -> None:
    assert protect(cell) == f"'{cell}"
    assert unprotect(protect(cell)) == cell
