"""The invented support network that comes with Signpost, for trying it out."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.maintenance.period import anniversary
from bot.domain.scheme import Language
from bot.files.directory_csv import (
    CompanySheet,
    Entry,
    EntrySheet,
    PackageSheet,
    PeopleSheet,
    PracticeSheet,
    Sheet,
    read_sheet,
)
from bot.files.directory_lines import CompanyLine, PersonLine, PracticeLine
from bot.files.kinds import DIRECTORY, Kind
from bot.files.line import Line
from bot.services.directory_import import apply_import, plan_import
from bot.services.renewals.books import Books

CONFIRMED_AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""The day for which the files of packages and entries were written."""
ADMIN = "ines@image-instruments.example"


L = TypeVar("L", bound=Line)


class SamplePerson(Struct, frozen=True):
    """Somebody of the sample. `belongs_to` is the company's name, or the practices'."""

    name: str
    email: str
    belongs_to: str
    locale: str
    time_zone: str
    is_admin: bool


def load_sample(session: Session) -> None:
    """Import the sample companies, practices and people as `signpost import` would; again changes nothing."""
    for kind in DIRECTORY:
        apply_import(session, plan_import(session, sample_sheet(kind)), CONFIRMED_AT)


def load_sample_packages(session: Session, books: Books) -> None:
    """Import the sample's licence packages and entries, every day moved as if written for today.

    So some are due soon and some overdue, whenever it is tried. The directory must be there already.
    """
    for sheet in _moved_to(books.today):
        plan = plan_import(session, sheet, books=books)
        apply_import(session, plan, books.clock.now(), books=books)


def _moved_to(today: date) -> tuple[PackageSheet, EntrySheet]:
    packages, entries = sample_sheet(Kind.PACKAGES), sample_sheet(Kind.ENTRIES)
    assert isinstance(packages, PackageSheet)  # noqa: S101 - a sheet is of its kind
    assert isinstance(entries, EntrySheet)  # noqa: S101
    shift = today - CONFIRMED_AT.date()
    moved = tuple(
        replace(entry, values=_moved(entry.values, shift, "bought_on", "maintained_until"))
        for entry in packages.entries
    )
    bought_on = {entry.values.number: date.fromisoformat(entry.values.bought_on) for entry in moved}
    happened = []
    for entry in entries.entries:
        values = _moved(entry.values, shift, "date", "period")
        period = _nearest_anniversary(bought_on[values.package], date.fromisoformat(values.period))
        happened.append(replace(entry, values=values.model_copy(update={"period": period.isoformat()})))
    return replace(packages, entries=moved), replace(entries, entries=tuple(happened))


def _moved(values: L, shift: timedelta, *columns: str) -> L:
    cells = values.cells()
    days = {column: date.fromisoformat(cells[column]) + shift for column in columns}
    return values.model_copy(update={column: day.isoformat() for column, day in days.items()})


def _nearest_anniversary(bought_on: date, day: date) -> date:
    """Return the anniversary next to a moved day, which leap years may have carried a day away from it."""
    years = (anniversary(bought_on, day.year + more) for more in (-1, 0, 1))
    return min(years, key=lambda one: abs(one - day))


def sample_people() -> tuple[SamplePerson, ...]:
    """Return the sample's people, those of the companies first."""
    companies, practices, people = (sample_sheet(kind) for kind in DIRECTORY)
    assert isinstance(companies, CompanySheet)  # noqa: S101 - a sheet is of its kind
    assert isinstance(practices, PracticeSheet)  # noqa: S101
    assert isinstance(people, PeopleSheet)  # noqa: S101
    company = {entry.values.slug: entry.values for entry in companies.entries}
    practice = {entry.values.name: entry.values for entry in practices.entries}
    return tuple(_person(entry, company, practice) for entry in people.entries)


def sample_channels() -> dict[str, tuple[str, ...]]:
    """Return the practices' own channels by name, with the addresses of those in them."""
    practices, people = sample_sheet(Kind.PRACTICES), sample_sheet(Kind.PEOPLE)
    assert isinstance(practices, PracticeSheet)  # noqa: S101 - a sheet is of its kind
    assert isinstance(people, PeopleSheet)  # noqa: S101
    persons = [entry.values for entry in people.entries]
    return {
        name.removeprefix("#"): tuple(
            person.email
            for person in persons
            if practice.values.name in person.practices.split(" | ")
            or person.company == practice.values.vendor
        )
        for practice in practices.entries
        for name in practice.values.channels.split()
    }


def _person(
    entry: Entry[PersonLine], companies: dict[str, CompanyLine], practices: dict[str, PracticeLine]
) -> SamplePerson:
    values = entry.values
    company = companies.get(values.company)
    home = company or practices[values.practices.split(" | ")[0]]
    language = company.languages.split()[0] if company else practices[home.name].language
    return SamplePerson(
        name=values.name,
        email=values.email,
        belongs_to=company.name if company else values.practices.replace(" | ", ", "),
        locale="de-DE" if language == Language.DE else "en-GB",
        time_zone=home.time_zone,
        is_admin=values.email == ADMIN,
    )


@cache
def sample_sheet(kind: Kind) -> Sheet:
    """Return one of the sample's files, read."""
    name = f"{kind}.csv"
    return read_sheet(kind, (files("bot.files") / "sample" / name).read_bytes(), name)
