"""Taking in the support network's files, and giving them out again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sqlmodel import Session

from bot.files.directory_csv import (
    CompanySheet,
    EntrySheet,
    PackageSheet,
    PeopleSheet,
    PracticeSheet,
    Sheet,
)
from bot.files.kinds import Kind
from bot.services.imports import (
    companies,
    companies_stored,
    entries,
    packages,
    packages_applied,
    packages_stored,
    people,
    practices,
    practices_stored,
)
from bot.services.imports.entries import EntriesPlan
from bot.services.imports.names import SlackFindings
from bot.services.imports.packages import PackagesPlan
from bot.services.imports.plan import Gone, ImportPlan
from bot.services.renewals.books import Books
from bot.services.renewals.following import follow, grounds

T = TypeVar("T")


class Watch(Protocol):
    """Sees go by what is written, as a progress bar does."""

    def __call__(self, items: Sequence[T], /) -> Iterable[T]:
        """Return the items in their order."""
        ...


_REMOVE = {
    Kind.COMPANIES: companies_stored.remove,
    Kind.PRACTICES: practices_stored.remove,
    Kind.PEOPLE: people.remove,
    Kind.PACKAGES: packages_stored.remove,
}
_EXPORT = {
    Kind.COMPANIES: companies_stored.export,
    Kind.PRACTICES: practices_stored.export,
    Kind.PEOPLE: people.export,
    Kind.PACKAGES: packages_stored.export,
    Kind.ENTRIES: entries.export,
}


class PruneRefusedError(Exception):
    """What the file no longer lists cannot all be removed. `gone` are those that cannot, with the reason."""

    def __init__(self, gone: Sequence[Gone]) -> None:
        self.gone = tuple(gone)
        super().__init__("\n".join(f"{one.key} cannot be removed: {one.obstacle}" for one in gone))


class BooksWantedError(Exception):
    """Packages and entries need the scheme and a clock, which were not given."""


def plan_import(
    session: Session,
    sheet: Sheet,
    found: SlackFindings | None = None,
    *,
    prune: bool = False,
    books: Books | None = None,
) -> ImportPlan:
    """Say what importing a file will do, without doing it.

    `found` is what Slack said of an earlier plan's `wanted`; without it names are stored as given and wanted
    again at the next import. `prune` is for removing what the file does not list; entries are never removed.
    Packages and entries need `books`. Raises `FileRefused` with every fault that only the database shows,
    such as a company that nobody imported.
    """
    found = found or SlackFindings()
    match sheet:
        case CompanySheet():
            return companies.plan(session, sheet, found, prune=prune)
        case PracticeSheet():
            return practices.plan(session, sheet, found, prune=prune)
        case PeopleSheet():
            return people.plan(session, sheet, found, prune=prune)
        case PackageSheet():
            return packages.plan(session, sheet, _wanted(books), prune=prune)
        case EntrySheet():
            return entries.plan(session, sheet, _wanted(books))


def apply_import(
    session: Session, plan: ImportPlan, now: datetime, watch: Watch = iter, *, books: Books | None = None
) -> None:
    """Do what the plan says, in the transaction in which it was made; `now` (aware) confirms memberships.

    With `books` the maintenance periods follow: they are opened, their VAT and their reminders kept right.
    Only a directory without licence packages can do without. `watch` sees go by what is written. Raises
    `PruneRefusedError`, having written nothing, when something to be removed is still needed.
    """
    if plan.prune:
        _prune(session, plan)
    match plan:
        case PackagesPlan():
            packages_applied.apply(session, plan.packages, _wanted(books), watch)
        case EntriesPlan():
            entries.apply(session, plan.entries, _wanted(books), watch)
        case _:
            before = grounds(session)
            for target in watch(plan.targets):
                target.write(session, now)
            session.flush()
            if books is not None:
                follow(session, books.scheme.vat, before, books.clock.now())


def _wanted(books: Books | None) -> Books:
    if books is None:
        raise BooksWantedError
    return books


def export_rows(session: Session, kind: Kind) -> list[dict[str, str]]:
    """Return the rows of a file whose import would change nothing."""
    return _EXPORT[kind](session)


def _prune(session: Session, plan: ImportPlan) -> None:
    needed = [gone for gone in plan.disappeared if gone.obstacle]
    if needed:
        raise PruneRefusedError(needed)
    for gone in plan.disappeared:
        _REMOVE[plan.kind](session, gone.row_id)
