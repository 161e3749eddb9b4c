"""Taking the support network in from CSV files, and giving it out again."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from msgspec import Struct

from bot.files.kinds import Kind

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.files.directory_csv import Sheet
    from bot.services.imports.names import SlackFindings, SlackNames
    from bot.services.imports.plan import ImportPlan, Wanted
    from bot.services.renewals.books import Books
    from bot.storage.database import Database

T = TypeVar("T")

LONG = 1000
"""From how many rows on a bar shows how far it is."""
MANY_QUESTIONS = 30
"""The same for questions to Slack, which answers about 50 a minute."""

KindArgument = Annotated[Kind, typer.Argument(help="Which of the files.")]
TemplateOption = Annotated[
    bool, typer.Option("--template", help="Write an empty file that explains every column.")
]


def import_(
    kind: KindArgument,
    file: Annotated[
        Path | None, typer.Argument(help="The CSV file, as Excel or any other program saves it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove what the file does not list any more.")
    ] = False,
    template: TemplateOption = False,
) -> None:
    """Take in a CSV file: all of it, or nothing if there is a fault.

    Doing it again changes nothing. Begin with the companies; practices name them, and people name both.
    Then the licence packages, which open their maintenance periods, and entries: what happened to these.
    With a bot token, e-mail addresses and channel names are looked up in Slack.
    """
    from bot.app import open_database
    from bot.app.names import open_slack_names
    from bot.files.knowledge import read_knowledge
    from bot.services.renewals.books import Books
    from bot.settings import load_settings

    if template:
        export(kind, file, template=True)
        return
    if file is None:
        _stop(f"Which file? signpost import {kind} FILE; --template writes an empty one.")
    if prune and kind is Kind.ENTRIES:
        _stop("Entries are never removed: take one back with signpost record correction --corrects NUMBER.")
    settings = load_settings()
    books = Books(read_knowledge(settings.knowledge_dir))
    database = open_database()
    try:
        importing = Importing(
            database, books, open_slack_names(settings, database), dry_run=dry_run, prune=prune
        )
        words = run_import(importing, kind, file)
    finally:
        database.close()
    typer.echo(words)


def export(
    kind: KindArgument,
    file: Annotated[Path | None, typer.Argument(help="Where to; without it, standard output.")] = None,
    template: TemplateOption = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there already.")] = False,
) -> None:
    """Write companies, practices, people, packages or entries as a CSV file that `import` takes in again."""
    from bot.files.directory_csv import template as empty_file

    if file is not None and file.exists() and not force:
        _stop(f"{file} is there already: name another file, or write over it with --force.")
    content = empty_file(kind) if template else _exported(kind)
    if file is not None:
        file.write_bytes(content)
        typer.echo(f"Written to {file}.", err=True)
    elif sys.stdout.isatty():
        typer.echo(content.decode("utf-8-sig"), nl=False)
    else:
        sys.stdout.buffer.write(content)


class Importing(Struct, frozen=True):
    """Where to import, with what, and how."""

    database: "Database"
    books: "Books"
    names: "SlackNames | None"
    dry_run: bool
    prune: bool


def run_import(importing: Importing, kind: Kind, file: Path) -> str:
    """Import a file, and return what was done in words. Faults end the command with exit code 1."""
    from bot.cli.import_paper import plan_on_paper
    from bot.files.csv_table import FileRefused
    from bot.services.directory_import import PruneRefusedError

    try:
        plan = _import(importing, _read(kind, file))
    except FileRefused as error:
        count = len(error.faults)
        _stop(*map(str, error.faults), f"{count} fault{'s' if count > 1 else ''}: nothing was imported.")
    except PruneRefusedError as error:
        _stop(*str(error).splitlines(), "Nothing was imported.")
    except OSError as error:
        _stop(f"{file}: {error.strerror or error}")
    done = "Nothing was written: this was a dry run." if importing.dry_run else "Imported."
    return "\n".join([plan_on_paper(plan), "Nothing to do." if plan.is_empty else done])


def _read(kind: Kind, file: Path) -> "Sheet":
    from bot.files.directory_csv import read_sheet

    return read_sheet(kind, file.read_bytes(), file.name, _bar("Reading"))


def _import(importing: Importing, sheet: "Sheet") -> "ImportPlan":
    from bot.services.directory_import import apply_import, plan_import

    books, prune = importing.books, importing.prune

    def plan(session: "Session", found: "SlackFindings | None" = None) -> "ImportPlan":
        return plan_import(session, sheet, found, prune=prune, books=books)

    def planned_and_done(session: "Session") -> "ImportPlan":
        made = plan(session, found)
        if not importing.dry_run:
            apply_import(session, made, books.clock.now(), _bar("Writing"), books=books)
        return made

    found = None
    if importing.names is not None:
        found = _look_up(importing.names, importing.database.run(plan).wanted)
    return importing.database.run(planned_and_done)


def _look_up(names: "SlackNames", wanted: "Wanted") -> "SlackFindings | None":
    """Ask Slack, where there is a token; an import does not fail because Slack does."""
    from slack_sdk.errors import SlackApiError, SlackClientError

    from bot.services.imports.names import look_up

    if not wanted:
        return None
    try:
        return asyncio.run(look_up(names, wanted, _bar("Looking up in Slack", MANY_QUESTIONS)))
    except SlackApiError as error:
        reason = str(error.response["error"])
    except (SlackClientError, OSError, TimeoutError) as error:
        reason = type(error).__name__
    typer.echo(f"Slack could not be asked ({reason}): names stay as they are given.", err=True)
    return None


def _exported(kind: Kind) -> bytes:
    from bot.app import open_database
    from bot.files.directory_csv import write_sheet
    from bot.services.directory_import import export_rows

    database = open_database()
    try:
        return write_sheet(kind, database.run(lambda session: export_rows(session, kind)))
    finally:
        database.close()


def _bar(label: str, long: int = LONG) -> Callable[[Sequence[T]], Iterable[T]]:
    def watch(items: Sequence[T]) -> Iterator[T]:
        if len(items) < long or not sys.stderr.isatty():
            yield from items
            return
        with typer.progressbar(items, label=label, file=sys.stderr) as bar:
            yield from bar

    return watch


def _stop(*lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(1)
