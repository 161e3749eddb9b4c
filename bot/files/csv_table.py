"""CSV as spreadsheets really write it: read with every cell's place, and written so that it comes back."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

DELIMITERS = (";", ",", "\t")
COMMENT = "#"


class Fault(Struct, frozen=True):
    """One thing wrong with one cell of one file, and what to do about it. Lines count from 1."""

    file: str
    line: int
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        at = " ".join(part for part in (f"{self.file}:{self.line}", self.column) if part)
        return f'{at} "{_short(self.value)}": {self.remedy}' if self.value else f"{at}: {self.remedy}"


class FileRefused(Exception):  # noqa: N818 - it names what happened to the file
    """A file cannot be taken in. `faults` are all that were found, by line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Row(Struct, frozen=True):
    """One row, beginning on `line`. `cells` has every expected column, trimmed, maybe empty."""

    line: int
    cells: Mapping[str, str]


class Table(Struct, frozen=True):
    """What a file holds. `missing` are expected columns that its header lacks; `faults` name them too.

    `absent` are the columns it lacks and may lack.
    """

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    missing: frozenset[str]
    absent: frozenset[str] = frozenset()


def read_table(
    content: bytes, file: str, columns: Sequence[str], optional: frozenset[str] = frozenset()
) -> Table:
    """Read the bytes of a CSV file whose header names `columns`, in any order, whatever the capitals.

    Of these it may leave out the `optional` ones; their cells are empty then.
    The charset is what the byte order mark says, else UTF-8, else cp1252; the delimiter is the one of `;`,
    `,` and tab that finds most of the columns in the header. Blank lines are skipped everywhere, lines that
    begin with `#` above the header (below it a `#channel` may begin a row). `file` names it in the faults.
    """
    reading = _Reading(file, columns, optional)
    try:
        text = _decode(content)
    except ValueError as error:
        reading.fault(1, "", "", str(error))
        return Table((), tuple(reading.faults), frozenset(columns))
    lines = _Lines(text, _delimiter(text, columns))
    rows = reading.table(lines)
    if lines.error:
        remedy = f"from here on this is no CSV ({lines.error}): look for a quotation mark without its partner"
        reading.fault(lines.begins_at, "", "", remedy)
    return Table(tuple(rows), tuple(reading.faults), reading.missing, reading.absent)


def write_table(columns: Sequence[str], rows: Iterable[Mapping[str, str]], *, delimiter: str = ";") -> bytes:
    """Write UTF-8 with a byte order mark, which Excel needs to see that it is UTF-8.

    Cells that a spreadsheet would calculate or turn into a number get a leading apostrophe: `protect`.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([protect(row.get(column, "")) for column in columns] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()


_FORMULA = re.compile(r'"*[=+\-@\t\r\n＝＋－＠]')
_REWRITTEN = re.compile(r"0\d+|\d{12,}|\d{2}-\d{2}|\d+\.\d{1,2}")
_NEGATIVE_AMOUNT = re.compile(r"-[0-9]{1,9},[0-9]{2}")


def protect(value: str) -> str:
    """Put an apostrophe before what a spreadsheet would not leave as it is.

    That is whatever begins like a formula (`=`, `+`, `-`, `@`, tab, line break: OWASP, "CSV Injection"), so
    `+49 371 …` too, also behind quotation marks, which some programs take for their own; digits that would
    lose a leading zero or turn into 4.9E+11; and what some languages take for a day (`04-01`, `11.81`). The
    spreadsheet keeps the apostrophe as part of the text and writes it again when it saves, and `unprotect`
    takes it off. A negative amount with two decimals (`-117,81`) stays a number: there is nothing in it to
    calculate.
    """
    return f"'{value}" if _is_endangered(value) or unprotect(value) != value else value


def unprotect(value: str) -> str:
    """Take off the apostrophe that `protect` put there, and only that: `'s-Hertogenbosch` keeps its own."""
    rest = value[1:]
    return rest if value.startswith("'") and (_is_endangered(rest) or rest.startswith("'")) else value


def _is_endangered(value: str) -> bool:
    is_formula = _FORMULA.match(value) and not _NEGATIVE_AMOUNT.fullmatch(value)
    return bool(is_formula or _REWRITTEN.fullmatch(value))


class _Lines:
    """The rows of a CSV text that hold something, each with the line it begins on.

    `error` is set when it ended because the text is no CSV from line `begins_at` on.
    """

    def __init__(self, text: str, delimiter: str) -> None:
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self.begins_at = 1
        self.error = ""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            self.begins_at = self._reader.line_num + 1
            try:
                cells = [unprotect(cell.strip()).strip() for cell in next(self._reader)]
            except StopIteration:
                return
            except csv.Error as error:
                self.error = str(error)
                return
            if any(cells):
                yield self.begins_at, cells

    def header(self) -> tuple[int, list[str]]:
        """Return the first row that is no comment, with its line; empty when there is none."""
        return next(((line, cells) for line, cells in self if not _is_preface(cells)), (1, []))


class _Reading:
    """Takes a file's rows and collects what is wrong with them."""

    def __init__(self, file: str, columns: Sequence[str], optional: frozenset[str]) -> None:
        self._file = file
        self._columns = columns
        self._optional = optional
        self.missing: frozenset[str] = frozenset()
        self.absent: frozenset[str] = frozenset()
        self.faults: list[Fault] = []

    def fault(self, line: int, column: str, value: str, remedy: str) -> None:
        self.faults.append(Fault(self._file, line, column, value, remedy))

    def table(self, lines: _Lines) -> list[Row]:
        line, header = lines.header()
        names = [_key(name) for name in header]
        lacking = frozenset(self._columns) - frozenset(names)
        self.missing, self.absent = lacking - self._optional, lacking & self._optional
        if len(lacking) == len(self._columns):
            remedy = f"here must stand the names of the columns: {', '.join(self._columns)}"
            self.fault(line, "", " ".join(header), remedy)
            return []
        self._check_header(line, names)
        return [self._row(line, cells, names) for line, cells in lines]

    def _check_header(self, line: int, names: Sequence[str]) -> None:
        missing = [column for column in self._columns if column in self.missing]
        lacking = [column for column in self._columns if column in self.missing | self.absent]
        for name, count in Counter(filter(None, names)).items():
            if name not in self._columns:
                near = get_close_matches(name, lacking, n=1)
                remedy = f"call it {near[0]}" if near else "remove it or correct its name"
                self.fault(line, name, "", f"no such column is known: {remedy}")
            elif count > 1:
                self.fault(line, name, "", f"this column stands here {count} times: keep one")
        for name in missing:
            self.fault(
                line,
                name,
                "",
                "this column is missing: add it, and leave its cells empty where nothing is known",
            )

    def _row(self, line: int, cells: Sequence[str], names: Sequence[str]) -> Row:
        for place, cell in enumerate(cells):
            if cell and not (place < len(names) and names[place]):
                remedy = "this cell has no column: put quotation marks around cells with a delimiter in them"
                self.fault(line, "", cell, remedy)
        # Excel leaves out empty cells at the end of a row.
        found = dict(zip(names, cells, strict=False))
        return Row(line, {column: found.get(column, "") for column in self._columns})


def _is_preface(cells: Sequence[str]) -> bool:
    """Say whether a row above the header is a comment, or Excel's own `sep=;`."""
    return cells[0].startswith(COMMENT) or (cells[0].lower() == "sep=" and not any(cells[1:]))


def _decode(content: bytes) -> str:
    if content.startswith(b"PK\x03\x04"):
        raise ValueError("this is a workbook, not CSV: in Excel choose File, Save as, CSV UTF-8")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _decode_as(content, "utf-16")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _decode_as(content, "cp1252")
    if "\0" in text:
        raise ValueError("this is no text: save the file as CSV UTF-8")
    return text


def _decode_as(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"byte {error.start} is neither UTF-8 nor {charset}: save the file as CSV UTF-8"
        ) from error


def _delimiter(text: str, columns: Sequence[str]) -> str:
    return max(DELIMITERS, key=lambda delimiter: _columns_found(text, delimiter, columns))


def _columns_found(text: str, delimiter: str, columns: Sequence[str]) -> int:
    _, header = _Lines(text, delimiter).header()
    return len({_key(name) for name in header} & set(columns))


def _key(name: str) -> str:
    return name.strip().casefold()


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 60 else f"{line[:57]}…"
