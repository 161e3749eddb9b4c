"""Taking in the directory's three files, and giving them out again."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from bot.files.directory_csv import CompanySheet, PeopleSheet, PracticeSheet, Sheet
from bot.files.kinds import Kind
from bot.services.imports import companies, people, practices
from bot.services.imports.names import SlackFindings
from bot.services.imports.plan import Gone, ImportPlan, Target

Watch = Callable[[Sequence[Target]], Iterable[Target]]

_REMOVE = {
    Kind.COMPANIES: companies.remove,
    Kind.PRACTICES: practices.remove,
    Kind.PEOPLE: people.remove,
}
_EXPORT = {
    Kind.COMPANIES: companies.export,
    Kind.PRACTICES: practices.export,
    Kind.PEOPLE: people.export,
}


class PruneRefusedError(Exception):
    """What the file no longer lists cannot all be removed. `gone` are those that cannot, with the reason."""

    def __init__(self, gone: Sequence[Gone]) -> None:
        self.gone = tuple(gone)
        super().__init__("\n".join(f"{one.key} cannot be removed: {one.obstacle}" for one in gone))


def plan_import(
    session: Session, sheet: Sheet, found: SlackFindings | None = None, *, prune: bool = False
) -> ImportPlan:
    """Say what importing a file will do, without doing it.

    `found` is what Slack said of an earlier plan's `wanted`; without it names are stored as given and wanted
    again at the next import. `prune` is for removing what the file does not list. Raises `FileRefused` with
    every fault that only the database shows, such as a company that nobody imported.
    """
    found = found or SlackFindings()
    match sheet:
        case CompanySheet():
            return companies.plan(session, sheet, found, prune=prune)
        case PracticeSheet():
            return practices.plan(session, sheet, found, prune=prune)
        case PeopleSheet():
            return people.plan(session, sheet, found, prune=prune)


def apply_import(session: Session, plan: ImportPlan, now: datetime, watch: Watch = iter) -> None:
    """Do what the plan says, in the transaction in which it was made; `now` (aware) confirms memberships.

    `watch` sees go by what is written. Raises `PruneRefusedError`, having written nothing, when something to
    be removed is still needed.
    """
    if plan.prune:
        _prune(session, plan)
    for target in watch(plan.targets):
        target.write(session, now)
    session.flush()


def export_rows(session: Session, kind: Kind) -> list[dict[str, str]]:
    """Return the rows of a file whose import would change nothing."""
    return _EXPORT[kind](session)


def _prune(session: Session, plan: ImportPlan) -> None:
    needed = [gone for gone in plan.disappeared if gone.obstacle]
    if needed:
        raise PruneRefusedError(needed)
    for gone in plan.disappeared:
        _REMOVE[plan.kind](session, gone.row_id)
