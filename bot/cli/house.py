"""A transaction and the bot for a command that only looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.services.bot import Bot
    from bot.settings import Settings
    from bot.storage.database import Database


def wordless_bot(settings: "Settings") -> "Bot":
    """Return a bot that can say everything, and decides about no question."""
    from bot.domain.matching.matcher import Matcher
    from bot.files.knowledge import read_knowledge
    from bot.services.bot import Bot
    from bot.slack.blocks import render

    class NoMatcher(Matcher):
        """Nobody asks anything here, and learning would take seconds."""

        def __init__(self) -> None:
            pass

    scheme = read_knowledge(settings.knowledge_dir)
    return Bot(scheme, NoMatcher(), render, admins=settings.admins, command=settings.support_command)


@contextmanager
def looking() -> Iterator[tuple["Session", "Bot"]]:
    """Give a transaction on the stored data, and the bot that reads them."""
    from bot.app import open_database
    from bot.settings import load_settings

    settings = load_settings()
    bot = wordless_bot(settings)
    database = open_database(settings)
    try:
        with database.transaction() as session:
            yield session, bot
    finally:
        database.close()


@contextmanager
def at_work() -> Iterator[tuple["Settings", "Database"]]:
    """Give settings and the database. What the rules refuse ends the command with a line and exit code 1."""
    from bot.app import open_database
    from bot.services.editors import EditorRefusedError
    from bot.services.forgetting.somebody import SomebodyError
    from bot.services.learning import SuggestionRefusedError
    from bot.settings import load_settings

    settings = load_settings()
    database = open_database(settings)
    try:
        yield settings, database
    except (EditorRefusedError, SomebodyError, SuggestionRefusedError) as error:
        stop(str(error))
    finally:
        database.close()


def company_of(session: "Session", slug: str) -> int | None:
    """Return the key of a company; `None` without a slug. An unknown one ends the command with a line."""
    from bot.storage.queries import directory

    if not slug:
        return None
    company_id = directory.company_id(session, slug)
    if company_id is None:
        stop(f"--company: there is no company “{slug}”: signpost export companies lists them.")
    return company_id


def write(file: Path | None, content: bytes) -> None:
    """Write a file over what is there, and say so; `None` for no file."""
    if file is None:
        return
    try:
        file.write_bytes(content)
    except OSError as error:
        stop(f"{file}: {error.strerror or error}")
    typer.echo(f"Written to {file}.", err=True)


def stop(line: str) -> NoReturn:
    """End the command with what is wrong."""
    typer.echo(line, err=True)
    raise typer.Exit(1)
