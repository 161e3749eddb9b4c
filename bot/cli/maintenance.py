"""Recording by hand what happened to maintenance periods: `signpost record` and `signpost entries`."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.files.maintenance_lines import EntryLine
    from bot.services.renewals.bookkeeping import Preview
    from bot.services.renewals.books import Books
    from bot.services.renewals.recording import NewEntry
    from bot.services.renewals.selecting import Choosing

Result = TypeVar("Result")
PackagesArgument = Annotated[list[str] | None, typer.Argument(help="Numbers of licence packages.")]
KindArgument = Annotated[
    str, typer.Argument(help="paid, billed, remitted, cancelled, waived, moved, vat, correction …")
]


def record(
    kind: KindArgument,
    packages: PackagesArgument = None,
    *,
    on: Annotated[str, typer.Option(help="When it happened; without it, today.")] = "",
    amount: Annotated[str, typer.Option(help="VAT included; without it, what is open.")] = "",
    reference: Annotated[str, typer.Option(help="What it is found by, such as an invoice's number.")] = "",
    note: Annotated[str, typer.Option(help="Anything else.")] = "",
    period: Annotated[str, typer.Option(help="Year or due date; without it, the earliest open one.")] = "",
    leg: Annotated[str, typer.Option(help="practice or remittance, where the kind does not tell.")] = "",
    vat_percent: Annotated[str, typer.Option(help="The rate, for vat and billed.")] = "",
    vat_reason: Annotated[
        str, typer.Option(help="domestic, reverse-charge, export or no-vat-id, with --vat-percent.")
    ] = "",
    moved_to: Annotated[str, typer.Option(help="The new due date, for moved.")] = "",
    corrects: Annotated[str, typer.Option(help="The entry to take back, for correction.")] = "",
    distributor: Annotated[str, typer.Option(help="All that this company bills, by its slug.")] = "",
    due: Annotated[str, typer.Option(help="All that falls due in a month, such as 2026-11.")] = "",
    all_due: Annotated[bool, typer.Option("--all-due", help="All that is due by today.")] = False,
    by: Annotated[str, typer.Option(help="Who says so: kept with the entry.")] = "signpost record",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Record what happened to the maintenance of one or several packages. Nothing is ever overwritten.

    What was wrong is taken back by a further entry: signpost record correction --corrects NUMBER.
    """
    from bot.cli.maintenance_paper import preview_on_paper
    from bot.services.renewals.bookkeeping import preview
    from bot.services.renewals.recording import record_all

    said = {
        "kind": kind,
        "date": on,
        "amount": amount,
        "reference": reference,
        "note": note,
        "leg": leg,
        "vat_percent": vat_percent,
        "vat_reason": vat_reason,
        "moved_to": moved_to,
        "corrects": corrects,
    }

    def use_case(session: "Session", books: "Books") -> "Preview":
        line = _line(said, books.today)
        choosing = _choosing(packages or [], period, distributor, due, books.today if all_due else None)
        seen = preview(session, books, _chosen(session, books, choosing, line))
        if seen.refused:
            _stop(*(str(fault) for _, fault in seen.refused), "Nothing was recorded.")
        if not dry_run:
            record_all(session, books, [entry for _, entry in seen.new], by)
        return seen

    typer.echo(preview_on_paper(_with_books(use_case)))
    typer.echo("Nothing was written: this was a dry run." if dry_run else "Recorded.")


def entries(package: Annotated[str, typer.Argument(help="The number of a licence package.")]) -> None:
    """Show a package's maintenance periods with all that happened, each entry with its number."""
    from bot.cli.maintenance_paper import history_on_paper
    from bot.services.renewals.records import records
    from bot.storage.queries import maintenance as stored

    def use_case(session: "Session", books: "Books") -> str:
        row = stored.package_by_number(session, package)
        if row is None:
            _stop(f"No licence package has the number {package}.")
        keys = [period.id or 0 for period in stored.periods_of_package(session, row.id or 0)]
        recorders = stored.recorders(session, keys)
        return history_on_paper(row, records(session, books.scheme.vat, keys), recorders, books)

    typer.echo(_with_books(use_case))


def _line(said: dict[str, str], today: date) -> "EntryLine":
    """Read the options as a line of the entries file is read. Faults end the command."""
    from pydantic import ValidationError

    from bot.files.maintenance_lines import EntryLine

    cells = {"package": "-", "period": str(today.year), **said, "date": said["date"] or today.isoformat()}
    try:
        return EntryLine.model_validate({column: cells[column] for column in EntryLine.columns()})
    except ValidationError as error:
        _stop(
            *(
                f'{detail["loc"][0]} "{detail["input"]}": {detail["ctx"]["error"]}'
                for detail in error.errors(include_url=False)
            )
        )


def _choosing(packages: list[str], period: str, distributor: str, due: str, until: date | None) -> "Choosing":
    from bot.files.maintenance_values import period as read_period
    from bot.services.renewals.selecting import Choosing

    since = None
    try:
        if due:
            since, until = _month(due)
        return Choosing(packages, read_period(period) if period else "", distributor, since, until)
    except ValueError as error:
        _stop(str(error))


def _month(text: str) -> tuple[date, date]:
    """Return the first and the last day of a month such as 2026-11."""
    from calendar import monthrange

    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ValueError(f'--due "{text}": write a month like 2026-11') from None
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _chosen(session: "Session", books: "Books", choosing: "Choosing", line: "EntryLine") -> "list[NewEntry]":
    from bot.services.imports.entries import PeriodUnknownError
    from bot.services.renewals.selecting import SelectionError, entries_for

    try:
        return entries_for(session, books, choosing, line)
    except (SelectionError, PeriodUnknownError) as error:
        _stop(str(error))


def _with_books(use_case: "Callable[[Session, Books], Result]") -> "Result":
    """Run a use case in a transaction, with the books; it may be run again, so it says nothing itself."""
    from bot.app import open_database
    from bot.files.knowledge import read_knowledge
    from bot.services.renewals.books import Books
    from bot.settings import load_settings

    settings = load_settings()
    books = Books(read_knowledge(settings.knowledge_dir))
    database = open_database(settings)
    try:
        return database.run(lambda session: use_case(session, books))
    finally:
        database.close()


def _stop(*lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(1)
