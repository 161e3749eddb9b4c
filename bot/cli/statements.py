"""`signpost statement` and `signpost statements`: what distributors bill and remit in a billing year."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.domain.scheme import Language

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.services.bot import Bot

YearArgument = Annotated[int, typer.Argument(help="The calendar year in which the billing year begins.")]
CsvOption = Annotated[Path | None, typer.Option("--csv", help="Write it as CSV to this file.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Write over files that are there already.")]


def statement(
    distributor: Annotated[str, typer.Argument(help="The distributor's slug or name.")],
    year: YearArgument,
    csv: CsvOption = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page that prints well.")] = None,
    *,
    send: Annotated[bool, typer.Option("--send", help="Freeze it, and tell both sides in Slack.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who sends: e-mail address or Slack id.")] = "",
    language: Annotated[Language, typer.Option(help="The language of the page.")] = Language.EN,
    force: ForceOption = False,
) -> None:
    """Show a distributor's statement of a billing year: a draft until it was sent, frozen afterwards."""
    from bot.cli.statement_paper import page_on_paper, sent_on_paper
    from bot.services.renewals import statements
    from bot.services.renewals.announcing import files_of
    from bot.wording.statement_page import statement_page

    if send and not by:
        _stop("Who sends it? Name yourself with --by, by e-mail address or Slack id.")
    _require_new(csv, html, force=force)
    with _house() as (session, bot):
        company = statements.require_distributor(session, distributor)
        done = statements.send(session, bot, company, year, by) if send else None
        found = done.statement if done else statements.draft(session, bot, company, year)
        page = statement_page(language, found, statements.today_of(bot, company))
        typer.echo(page_on_paper(page))
    files = files_of(found, page)
    _write(csv, files["csv"])
    _write(html, files["html"])
    if done:
        typer.echo(sent_on_paper(done))


def statements(year: YearArgument, csv: CsvOption = None, force: ForceOption = False) -> None:
    """Show what the manufacturer expects of all distributors for a billing year, and what is missing."""
    from bot.cli.statement_paper import sum_on_paper
    from bot.files.statement_csv import write_sum
    from bot.services.renewals.statement_sums import year_sum

    _require_new(csv, force=force)
    with _house() as (session, bot):
        found = year_sum(session, bot, year)
        typer.echo(sum_on_paper(found, bot.clock.now().date()))
    _write(csv, write_sum(found))


@contextmanager
def _house() -> Iterator[tuple["Session", "Bot"]]:
    """Give a transaction and the bot. What the rules refuse ends the command with a line and exit code 1."""
    from bot.app import open_database
    from bot.app.parts import load_knowledge
    from bot.domain.maintenance.saying_statement import StatementRefusal
    from bot.services.bot import Bot
    from bot.services.renewals.statements import StatementRefusedError
    from bot.settings import load_settings
    from bot.slack.blocks import render
    from bot.wording.statement import refusal

    settings = load_settings()
    scheme, matcher = load_knowledge(settings, learned=False)
    bot = Bot(scheme, matcher, render, admins=settings.admins, command=settings.support_command)
    database = open_database(settings)
    try:
        with database.transaction() as session:
            yield session, bot
    except StatementRefusedError as error:
        values = tuple(error.values.items())
        _stop(refusal(StatementRefusal(Language.EN, error.problem, values)))
    finally:
        database.close()


def _require_new(*files: Path | None, force: bool) -> None:
    there = [file for file in files if file is not None and file.exists()]
    if there and not force:
        _stop(
            *(f"{file} is there already: name another file, or write over it with --force." for file in there)
        )


def _write(file: Path | None, content: bytes) -> None:
    if file is None:
        return
    try:
        file.write_bytes(content)
    except OSError as error:
        _stop(f"{file}: {error.strerror or error}")
    typer.echo(f"Written to {file}.", err=True)


def _stop(*lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(1)
