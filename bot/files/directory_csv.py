"""The support network as CSV files: reading them with every fault found at once, and writing them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct
from pydantic import ValidationError

from bot.domain.scheme import Provider
from bot.files.csv_table import COMMENT, Fault, FileRefused, Row, Table, read_table, write_table
from bot.files.directory_lines import (
    COMPANY_COLUMNS,
    LINES,
    CompanyLine,
    PersonLine,
    PracticeLine,
)
from bot.files.kinds import Kind
from bot.files.line import Line
from bot.files.maintenance_lines import EntryLine, PackageLine

L = TypeVar("L", bound=Line)
Watch = Callable[[Sequence[Row]], Iterable[Row]]
"""Sees the rows go by, as a progress bar does."""


class Entry(Struct, Generic[L], frozen=True):
    """A line that is right in itself, with its number in the file."""

    line: int
    values: L


class CompanySheet(Struct, frozen=True):
    """The companies of a file: an entry for each contact, each with all of its company's columns.

    `absent`, here and below, are optional columns that the file does not have.
    """

    file: str
    entries: tuple[Entry[CompanyLine], ...]
    absent: frozenset[str] = frozenset()


class PracticeSheet(Struct, frozen=True):
    """The practices of a file."""

    file: str
    entries: tuple[Entry[PracticeLine], ...]
    absent: frozenset[str] = frozenset()


class PeopleSheet(Struct, frozen=True):
    """The people of a file."""

    file: str
    entries: tuple[Entry[PersonLine], ...]


class PackageSheet(Struct, frozen=True):
    """The licence packages of a file."""

    file: str
    entries: tuple[Entry[PackageLine], ...]
    absent: frozenset[str] = frozenset()


class EntrySheet(Struct, frozen=True):
    """What happened to maintenance periods, line by line, in the order of the file."""

    file: str
    entries: tuple[Entry[EntryLine], ...]


Sheet = CompanySheet | PracticeSheet | PeopleSheet | PackageSheet | EntrySheet


def read_sheet(kind: Kind, content: bytes, file: str, watch: Watch = iter) -> Sheet:
    """Read a file of a kind; `file` is what the faults call it.

    Raises `FileRefused` with every fault that can be seen without a database.
    """
    match kind:
        case Kind.COMPANIES:
            return CompanySheet(file, *_read(CompanyLine, content, file, watch))
        case Kind.PRACTICES:
            return PracticeSheet(file, *_read(PracticeLine, content, file, watch))
        case Kind.PEOPLE:
            return PeopleSheet(file, _read(PersonLine, content, file, watch)[0])
        case Kind.PACKAGES:
            return PackageSheet(file, *_read(PackageLine, content, file, watch))
        case Kind.ENTRIES:
            return EntrySheet(file, _read(EntryLine, content, file, watch)[0])


def write_sheet(kind: Kind, rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write a file of a kind that `read_sheet` reads."""
    return write_table(LINES[kind].columns(), rows)


def template(kind: Kind) -> bytes:
    """Return an empty file whose comments say what goes into each column."""
    fields = LINES[kind].model_fields.items()
    comments = [f"{COMMENT} {name}: {field.description}" for name, field in fields]
    intro = f"{COMMENT} Signpost, {kind}: one line each below the names of the columns. Comments may stay."
    body = write_sheet(kind, ())
    bom, header = body[:3], body[3:]
    return bom + "\r\n".join([intro, *(_one_cell(comment) for comment in comments), ""]).encode() + header


def _one_cell(comment: str) -> str:
    # Quoted, so that a spreadsheet does not spread a comment over several cells.
    return '"' + comment.replace('"', '""') + '"'


def _read(
    model: type[L], content: bytes, file: str, watch: Watch
) -> tuple[tuple[Entry[L], ...], frozenset[str]]:
    """Return a file's lines, and the optional columns that it does not have."""
    table = read_table(content, file, model.columns(), model.optional_columns())
    reading = _Reading(model, file, table)
    entries = [entry for row in watch(table.rows) if (entry := reading.entry(row)) is not None]
    faults = [*table.faults, *reading.faults, *_across(model, file, reading.checked)]
    if faults:
        raise FileRefused(faults)
    return tuple(entries), table.absent


class _Reading(Generic[L]):
    """Checks rows one by one. `checked` has what is right of every row, faulty cells empty."""

    def __init__(self, model: type[L], file: str, table: Table) -> None:
        self._model = model
        self._file = file
        self._missing = table.missing
        self._companies: dict[str, Row] = {}
        self.faults: list[Fault] = []
        self.checked: list[Row] = []

    def entry(self, row: Row) -> Entry[L] | None:
        cells = self._filled(row) if self._model is CompanyLine else row.cells
        try:
            values = self._model.model_validate(cells)
        except ValidationError as error:
            self._take(row, cells, error)
            return None
        self.checked.append(Row(row.line, values.cells()))
        return Entry(row.line, values)

    def _take(self, row: Row, cells: Mapping[str, str], error: ValidationError) -> None:
        wrong = {str(detail["loc"][0]): detail for detail in error.errors(include_url=False)}
        is_further = self._companies.get(cells.get("slug", ""), row) is not row
        for column, detail in wrong.items():
            # What is wrong with a company is said once, where it stands first.
            if column not in self._missing and not (is_further and column in COMPANY_COLUMNS):
                remedy = str(detail.get("ctx", {}).get("error", detail["msg"]))
                self.faults.append(Fault(self._file, row.line, column, cells[column], remedy))
        self.checked.append(Row(row.line, {c: "" if c in wrong else cell for c, cell in cells.items()}))

    def _filled(self, row: Row) -> Mapping[str, str]:
        """Return the row with the company's columns as its first row has them."""
        slug = row.cells["slug"]
        first = self._companies.setdefault(slug, row) if slug else row
        if first is row:
            return row.cells
        for column in COMPANY_COLUMNS:
            cell = row.cells[column]
            if cell and cell != first.cells[column]:
                said = f"line {first.line} has “{first.cells[column]}” for this company"
                remedy = f"{said}: repeat it or leave it empty"
                self.faults.append(Fault(self._file, row.line, column, cell, remedy))
        return {**row.cells, **{column: first.cells[column] for column in COMPANY_COLUMNS}}


def _across(model: type[Line], file: str, rows: Sequence[Row]) -> Iterator[Fault]:
    """Find what only several rows together show."""
    if model is CompanyLine:
        yield from _several_manufacturers(file, rows)
        yield from _lines_without_contact(file, rows)
        yield from _repeated(
            file, "contact_email", _contact_keys(rows), "the same contact: keep one of the lines"
        )
    elif model is PracticeLine:
        yield from _repeated(
            file, "name", _cell_keys(rows, "name"), "the same practice: keep one of the lines"
        )
        yield from _repeated(
            file, "email_domains", _word_keys(rows, "email_domains"), "a domain belongs to one practice"
        )
        remedy = "a channel belongs to one practice; a channel that several share belongs to none"
        yield from _repeated(file, "channels", _word_keys(rows, "channels"), remedy)
    elif model is PackageLine:
        yield from _repeated(
            file, "number", _cell_keys(rows, "number"), "the same package: keep one of the lines"
        )
    elif model is PersonLine:
        remedy = "the same person: keep one line, with all of the practices"
        yield from _repeated(file, "email", _person_keys(rows), remedy)


Key = tuple[Row, str, tuple[str, ...]]
"""A row, the value shown for it, and what must not occur twice."""


def _repeated(file: str, column: str, keys: Iterable[Key], rule: str) -> Iterator[Fault]:
    first: dict[tuple[str, ...], int] = {}
    for row, value, key in keys:
        line = first.setdefault(key, row.line)
        if line != row.line:
            yield Fault(file, row.line, column, value, f"line {line} has it already; {rule}")


def _cell_keys(rows: Sequence[Row], column: str) -> Iterator[Key]:
    return ((row, row.cells[column], (row.cells[column],)) for row in rows if row.cells[column])


def _word_keys(rows: Sequence[Row], column: str) -> Iterator[Key]:
    return ((row, word, (word,)) for row in rows for word in row.cells[column].split())


def _contact_keys(rows: Sequence[Row]) -> Iterator[Key]:
    for row in rows:
        email, name = row.cells["contact_email"], row.cells["contact_name"]
        if email or name:
            yield row, email or name, (row.cells["slug"], email or name)


def _person_keys(rows: Sequence[Row]) -> Iterator[Key]:
    known = {row.cells["email"] for row in rows if not row.cells["slack_user"]}
    for row in rows:
        email, user = row.cells["email"], row.cells["slack_user"]
        if user:
            yield row, user, (row.cells["workspace"], user)
        # A person of two workspaces has two lines with one address, but only if both say which user.
        if email and (email in known or not user):
            yield row, email, (email,)


def _several_manufacturers(file: str, rows: Sequence[Row]) -> Iterator[Fault]:
    first: dict[str, Row] = {}
    for row in rows:
        if row.cells["role"] == Provider.MANUFACTURER:
            first.setdefault(row.cells["slug"], row)
    maker, *others = list(first.values()) or [Row(0, {})]
    for row in others:
        remedy = f"line {maker.line} ({maker.cells['slug']}) is the manufacturer already; there is only one"
        yield Fault(file, row.line, "role", Provider.MANUFACTURER, remedy)


def _lines_without_contact(file: str, rows: Sequence[Row]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row in rows:
        slug = row.cells["slug"]
        line = first.setdefault(slug, row.line)
        if slug and line != row.line and not row.cells["contact_name"]:
            remedy = (
                f"line {line} describes this company already: fill in a further contact or remove this line"
            )
            yield Fault(file, row.line, "slug", slug, remedy)
