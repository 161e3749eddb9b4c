import csv
import io
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.maintenance.billing_year import BillingCalendar
from bot.domain.maintenance.statement import Amounts, Line, Mark, Statement
from bot.domain.maintenance.vat import VatReason
from bot.domain.scheme import Language
from bot.files.statement_csv import STATEMENT_COLUMNS, amount, write_statement
from bot.files.statement_html import write_page
from bot.wording.statement_page import statement_page

TODAY = date(2027, 1, 5)
DUE = date(2026, 6, 15)


def line(period_id: int = 1, **changes: Any) -> Line:
    whole = Line(
        period_id,
        "Praxis am Markt",
        f"ONYX-{period_id}",
        DUE,
        date(2027, 6, 14),
        DUE,
        Mark.NONE,
        VatReason.DOMESTIC,
        Amounts(9900, 1881, 11781, 5000, 0),
    )
    return replace(whole, **changes)


def statement(*lines: Line, **changes: Any) -> Statement:
    whole = Statement(
        "Nord Dental", "Image Instruments", BillingCalendar().year(2026), "EUR", lines or (line(),), (), 0
    )
    return replace(whole, **changes)


class Outline(HTMLParser):
    """What stands in which element."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link"):
            self._open.append(tag)
        self.texts.setdefault(tag, [])

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, "elements are nested well"

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts[self._open[-1]].append(data.strip())


def outline(whose: Statement, language: Language = Language.EN) -> Outline:
    return Outline(write_page(statement_page(language, whose, TODAY)))


def rows(whose: Statement) -> list[dict[str, str]]:
    text = write_statement(whose).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


# ---- the page ---------------------------------------------------------------------------------------


def test_the_page_has_a_table_with_heads_rows_and_totals_and_says_what_to_do() -> None:
    page = outline(statement(line(1), line(2)))
    assert page.texts["h1"] == ["Software maintenance: statement for 2026"]
    assert page.texts["th"][:3] == ["Practice", "Licence package", "Maintenance period"]
    assert len(page.texts["th"]) == 10
    assert page.texts["td"].count("117.81") == 2 * 3
    assert "Total" in page.texts["td"]
    assert "235.62" in page.texts["td"]
    assert "EUR 235.62" in page.texts["td"]
    assert any(
        "EUR 235.62 is to be remitted to Image Instruments by 30 Jan 2027" in p for p in page.texts["p"]
    )


def test_heads_repeat_on_every_sheet_and_totals_stay_with_the_last_row() -> None:
    content = write_page(statement_page(Language.EN, statement(line(1), line(2)), TODAY)).decode()
    assert "size: A4 landscape" in content
    assert "thead { display: table-header-group; }" in content
    assert "tbody.end { break-inside: avoid; }" in content
    end = content[content.index('<tbody class="end">') : content.index("</tbody>")]
    assert "ONYX-2" in end
    assert "Total" in end


def test_what_people_wrote_is_never_markup() -> None:
    content = write_page(
        statement_page(Language.EN, statement(line(practice="<script>alert(1)</script>")), TODAY)
    )
    assert b"<script>" not in content
    assert b"&lt;script&gt;" in content


def test_the_page_needs_nothing_from_elsewhere() -> None:
    content = write_page(statement_page(Language.EN, statement(), TODAY))
    assert b"http" not in content
    assert b"src=" not in content


def test_marks_and_reasons_stand_where_there_is_one() -> None:
    waived = line(1, mark=Mark.WAIVED, amounts=Amounts())
    reverse = line(2, vat_reason=VatReason.REVERSE_CHARGE, amounts=Amounts(9900))
    assert outline(statement(waived, reverse)).texts["small"] == ["Waived: nothing is owed", "reverse charge"]
    assert outline(statement()).texts.get("small", []) == []


def test_a_due_date_is_named_where_it_is_not_the_first_day() -> None:
    assert outline(statement(line(due_on=date(2026, 7, 1)))).texts["small"] == ["due 1 Jul 2026"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.EN, "Changes since earlier statements"),
        (Language.DE, "Änderungen seit früheren Aufstellungen"),
    ],
)
def test_changes_and_what_was_carried_over_stand_apart_in_both_languages(
    language: Language, words: str
) -> None:
    change = line(9, amounts=Amounts(remitted_cents=11781), is_adjustment=True)
    page = outline(statement(changes=(change,), carried_cents=11781), language)
    assert any(words in heading for heading in page.texts["h2"])
    assert not any(words in heading for heading in outline(statement(), language).texts["h2"])


def test_an_empty_year_says_so() -> None:
    empty = replace(statement(), lines=())
    assert "No maintenance period was due in this billing year." in outline(empty).texts["p"]


@pytest.mark.parametrize("language", Language)
def test_nowhere_is_it_called_an_invoice(language: Language) -> None:
    content = write_page(statement_page(language, statement(), TODAY)).decode().casefold()
    assert "invoice" not in content
    assert "rechnung" not in content.replace("abrechnung", "").replace("berechnet", "")


# ---- the CSV ----------------------------------------------------------------------------------------


def test_the_csv_has_a_row_a_period_each_change_what_was_carried_and_the_total() -> None:
    change = line(9, amounts=Amounts(remitted_cents=11781), is_adjustment=True)
    found = rows(statement(line(1), changes=(change,), carried_cents=11781))
    assert [row["kind"] for row in found] == ["period", "change", "carried", "total"]
    assert tuple(found[0]) == STATEMENT_COLUMNS
    assert (found[0]["gross"], found[1]["difference"], found[2]["difference"]) == (
        "117,81",
        "-117,81",
        "117,81",
    )
    assert found[3]["difference"] == "117,81"


def test_names_that_begin_like_formulas_are_neutralised() -> None:
    (row, _) = rows(statement(line(practice="=cmd|' /C calc'!A0", package="+1")))
    assert row["practice"].startswith("'=")
    assert row["package"] == "'+1"


@pytest.mark.parametrize(
    ("cents", "written"), [(0, "0,00"), (5, "0,05"), (-5, "-0,05"), (11781, "117,81"), (-123456, "-1234,56")]
)
def test_amounts_are_exact_to_the_cent(cents: int, written: str) -> None:
    assert amount(cents) == written
