"""The database in the shell: `signpost db`."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.house import stop

if TYPE_CHECKING:
    from bot.storage.copies import Watch
    from bot.storage.database import Database

db = typer.Typer(help="The database: how it stands, upgrade, backup, restore.", no_args_is_help=True)
ForceOption = Annotated[bool, typer.Option("--force", help="Write over a file that is there already.")]
LONG_PAGES = 20_000


@db.command()
def status() -> None:
    """Say how the database stands: schema, size, queues, whether it is whole. Exit code 1 if it is not."""
    from bot.cli.database_paper import condition_on_paper
    from bot.storage.condition import condition_of, exists

    with _database() as database:
        if not exists(database):
            stop(f"There is no database at {database.url.database} yet: signpost db upgrade makes it.")
        condition = condition_of(database)
    typer.echo(condition_on_paper(condition))
    if condition.faults or condition.is_too_new:
        raise typer.Exit(1)


@db.command()
def upgrade() -> None:
    """Bring the schema to this version's, which `serve` also does. If another process is at it, wait."""
    from bot.storage import schema

    with _database() as database:
        database.make_folder()
        done = schema.upgrade(database)
    if done.before == done.after:
        typer.echo(f"The schema stands at {done.after}: nothing to do.")
    else:
        typer.echo(f"Upgraded from {done.before or 'nothing'} to {done.after}.")


@db.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to: a new file.")], force: ForceOption = False
) -> None:
    """Copy the database to a file while the bot works, and check the copy.

    For PostgreSQL it says which command does that.
    """
    from bot.storage.copies import back_up

    with _database() as database:
        if not database.is_sqlite:
            _tell_commands(database, file)
            return
        copy = back_up(_file_of(database), file, overwrite=force, watch=_bar())
    typer.echo(f"Copied to {copy.path}: {copy.size_bytes:,} bytes, schema {copy.revision}, checked.")


@db.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `signpost db backup` made.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the place of the database, upgraded; what it replaces is kept beside it.

    Stop the bot first. For PostgreSQL it says which command does that.
    """
    from bot.domain.clock import SystemClock
    from bot.storage.copies import examine
    from bot.storage.restoring import restore as put_back

    with _database() as database:
        if not database.is_sqlite:
            _tell_commands(database, file)
            return
        target = _file_of(database)
        examine(file)
        if not yes:
            typer.confirm(f"Put {file} in the place of {target}?", abort=True)
        database.make_folder()
        done = put_back(file, target, SystemClock().now(), watch=_bar())
    typer.echo(f"Restored {target} from {file}.")
    if done.upgraded.before != done.upgraded.after:
        typer.echo(f"Upgraded from {done.upgraded.before} to {done.upgraded.after}.")
    if done.replaced is not None:
        typer.echo(f"What was there is kept as {done.replaced}: remove it when you do not need it any more.")


@contextmanager
def _database() -> Iterator["Database"]:
    """Give the database as it is. What goes wrong in it ends the command with a line and exit code 1."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.settings import load_settings
    from bot.storage.copies import CopyError
    from bot.storage.database import Database
    from bot.storage.schema import SchemaTooNew

    with closing(Database(load_settings().database_url)) as database:
        try:
            yield database
        except (CopyError, SchemaTooNew) as error:
            stop(str(error))
        except (SQLAlchemyError, OSError) as error:
            stop(f"Database: {str(getattr(error, 'orig', None) or error).splitlines()[0]}.")


def _file_of(database: "Database") -> Path:
    path = database.url.database
    if not path or path == ":memory:":
        stop("DATABASE_URL names no file.")
    return Path(path)


def _tell_commands(database: "Database", file: Path) -> None:
    from bot.cli.database_paper import commands_on_paper
    from bot.storage.dumps import dump_commands

    typer.echo(commands_on_paper(dump_commands(database.url, file)))


def _bar() -> "Watch":
    """Show on a terminal how far a large copy is."""

    def watch(done: int, total: int) -> None:
        if total >= LONG_PAGES and sys.stderr.isatty():
            typer.echo(f"\r{done * 100 // total} % copied", nl=done == total, err=True)

    return watch
