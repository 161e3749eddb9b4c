"""The invented support network that comes with Signpost, for trying it out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

from sqlmodel import Session

from bot.domain.scheme import Language
from bot.files.directory_csv import CompanySheet, Entry, PeopleSheet, PracticeSheet, Sheet, read_sheet
from bot.files.directory_lines import CompanyLine, PersonLine, PracticeLine
from bot.files.kinds import Kind
from bot.services.directory_import import apply_import, plan_import

CONFIRMED_AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
ADMIN = "ines@image-instruments.example"


@dataclass(frozen=True)
class SamplePerson:
    """Somebody of the sample. `belongs_to` is the company's name, or the practices'."""

    name: str
    email: str
    belongs_to: str
    locale: str
    time_zone: str
    is_admin: bool


def load_sample(session: Session) -> None:
    """Import the sample companies, practices and people as `signpost import` would; again changes nothing."""
    for kind in Kind:
        apply_import(session, plan_import(session, sample_sheet(kind)), CONFIRMED_AT)


def sample_people() -> tuple[SamplePerson, ...]:
    """Return the sample's people, those of the companies first."""
    companies, practices, people = (sample_sheet(kind) for kind in Kind)
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


def sample_sheet(kind: Kind) -> Sheet:
    """Return one of the sample's three files, read."""
    name = f"{kind}.csv"
    return read_sheet(kind, (files("bot.files") / "sample" / name).read_bytes(), name)
