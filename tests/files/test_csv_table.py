import codecs
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.files.csv_table import Table, protect, read_table, unprotect, write_table

COLUMNS = ("name", "phone", "note")


def read(text: str | bytes) -> Table:
    content = text.encode() if isinstance(text, str) else text
    return read_table(content, "people.csv", COLUMNS)


def faults(text: str | bytes) -> list[str]:
    return [str(fault) for fault in read(text).faults]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_finds_the_delimiter_by_the_header(delimiter: str) -> None:
    lines = [["name", "phone", "note"], ["Anna", "1", "x"]]
    table = read("\n".join(delimiter.join(line) for line in lines))
    assert table.faults == ()
    assert table.rows[0].cells == {"name": "Anna", "phone": "1", "note": "x"}


@pytest.mark.parametrize(
    "content",
    [
        "name;phone;note\nJürgen – Weiß;;".encode("cp1252"),
        "name;phone;note\nJürgen – Weiß;;".encode(),
        codecs.BOM_UTF8 + "name;phone;note\nJürgen – Weiß;;".encode(),
        "name;phone;note\nJürgen – Weiß;;".encode("utf-16"),
        codecs.BOM_UTF16_BE + "name;phone;note\nJürgen – Weiß;;".encode("utf-16-be"),
    ],
    ids=["cp1252", "utf-8", "utf-8 with bom", "utf-16", "utf-16 big end"],
)
def test_finds_the_charset(content: bytes) -> None:
    assert read(content).rows[0].cells["name"] == "Jürgen – Weiß"


def test_header_is_matched_whatever_capitals_blanks_and_order() -> None:
    table = read(" NOTE ; Name;phone\nx;Anna;1\n")
    assert table.faults == ()
    assert table.rows[0].cells == {"name": "Anna", "phone": "1", "note": "x"}


def test_a_row_knows_the_line_it_begins_on() -> None:
    table = read('name;phone;note\r\n\r\nAnna;1;"two\r\nlines"\r\n;;\r\nTom;2;\r\n')
    assert [(row.line, row.cells["name"]) for row in table.rows] == [(3, "Anna"), (6, "Tom")]
    assert table.rows[0].cells["note"] == "two\r\nlines"


def test_comments_stand_above_the_header_only() -> None:
    table = read('sep=;\n# name: who; says "so"\n"# phone; with +"\n\nname;phone;note\n#lobby;;\n')
    assert table.faults == ()
    assert [(row.line, row.cells["name"]) for row in table.rows] == [(6, "#lobby")]


def test_excel_leaves_out_empty_cells_at_the_end() -> None:
    table = read("name;phone;note\nAnna\n")
    assert table.rows[0].cells == {"name": "Anna", "phone": "", "note": ""}
    assert table.faults == ()


def test_all_faults_of_the_header_are_said_at_once_with_its_line() -> None:
    assert faults("# hello\nname;telephone;phone;Phone;fon\nAnna;1;2;3;4") == [
        "people.csv:2 telephone: no such column is known: remove it or correct its name",
        "people.csv:2 phone: this column stands here 2 times: keep one",
        "people.csv:2 fon: no such column is known: remove it or correct its name",
        "people.csv:2 note: this column is missing: add it, and leave its cells empty where nothing is known",
    ]


def test_a_misspelt_column_is_recognised() -> None:
    assert "people.csv:1 phon: no such column is known: call it phone" in faults("name;phon;note\n")


@pytest.mark.parametrize("text", ["", "\n\n", "Anna;1;x\nTom;2;y"])
def test_a_file_without_a_header_gets_one_fault_that_lists_the_columns(text: str) -> None:
    (fault,) = faults(text)
    assert fault.endswith("here must stand the names of the columns: name, phone, note")


def test_a_cell_without_a_column_is_a_fault_on_its_line() -> None:
    assert faults("name;phone;note\nAnna;1;x;\nTom;2;a;b\n") == [
        'people.csv:3 "b": this cell has no column: put quotation marks around cells with a delimiter in them'
    ]


def test_a_quotation_mark_without_its_partner_is_a_fault_where_the_row_begins() -> None:
    table = read('name;phone;note\nAnna;1;x\nTom;2;"open\nmore;;\n')
    assert [row.cells["name"] for row in table.rows] == ["Anna"]
    (fault,) = table.faults
    assert fault.line == 3
    assert "quotation mark" in fault.remedy


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest of a workbook", "CSV UTF-8"),
        (b"name;phone;note\n\x81\xff;;", "byte 16 is neither UTF-8 nor cp1252"),
        (b"n\0a\0m\0e\0", "no text"),
        (codecs.BOM_UTF16_LE + b"abc", "utf-16"),
    ],
)
def test_what_is_no_csv_is_refused_with_a_remedy(content: bytes, words: str) -> None:
    (fault,) = read(content).faults
    assert fault.line == 1
    assert words in str(fault)


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+49 371 555", "-5", "-1,00+2", "-1,000", "@tom", "\tx", "\rx", "\nx", "＝1", '"=1+1', '""@tom'],
)
def test_what_begins_like_a_formula_is_neutralised(value: str) -> None:
    assert protect(value) == f"'{value}"
    assert unprotect(protect(value)) == value


@pytest.mark.parametrize("value", ["037155501", "490371555010"])
def test_digits_that_a_spreadsheet_would_rewrite_stay_text(value: str) -> None:
    assert protect(value) == f"'{value}"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Anna",
        '"Anna"',
        "10",
        "2026",
        "a=b",
        "1-2 b",
        "'s-Hertogenbosch",
        "0",
        "0371 555",
        "-117,81",
        "-0,05",
    ],
)
def test_everything_else_is_written_as_it_is(value: str) -> None:
    assert protect(value) == value
    assert unprotect(value) == value


def test_a_phone_number_survives_a_spreadsheet() -> None:
    written = write_table(COLUMNS, [{"name": "Anna", "phone": "+49 371 555 0100"}])
    assert b"'+49 371 555 0100" in written
    # A spreadsheet keeps what it cannot calculate, and saves it with its own charset and delimiter.
    saved = written.decode("utf-8-sig").replace(";", ",").encode("cp1252")
    assert read(saved).rows[0].cells["phone"] == "+49 371 555 0100"


def test_writes_utf_8_with_a_byte_order_mark() -> None:
    written = write_table(("name",), [{"name": "Jürgen"}])
    assert written == codecs.BOM_UTF8 + "name\r\nJürgen\r\n".encode()


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.text(
    st.sampled_from("'=+-@#;,\"\t\r\n 01"), max_size=8
)


@given(CELLS)
def test_the_apostrophe_comes_off_as_it_went_on(value: str) -> None:
    assert unprotect(protect(value)) == value
    is_amount = re.fullmatch(r"-[0-9]+,[0-9]{2}", value)
    assert is_amount or not protect(value).lstrip('"').startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.sampled_from(";,\t"))
@example([("'=", "''", "'"), ("#x", '"', ";")], ";")
def test_what_is_written_is_read_again(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    expected = [dict(zip(COLUMNS, (cell.strip() for cell in row), strict=True)) for row in rows]
    table = read(write_table(COLUMNS, expected, delimiter=delimiter))
    assert table.faults == ()
    assert [dict(row.cells) for row in table.rows] == [row for row in expected if any(row.values())]
