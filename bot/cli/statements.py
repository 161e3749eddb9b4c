"""`signpost statement` and `signpost statements`: what distributors bill and remit in a billing year."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from bot.domain.scheme import Language

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.domain.maintenance.page import Page
    from bot.domain.maintenance.statement import Statement
    from bot.services.bot import Bot
    from bot.services.renewals.statements import Sent

Result = TypeVar("Result")
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

    def use_case(session: "Session", bot: "Bot") -> "tuple[Sent | None, Statement, Page]":
        company = statements.require_distributor(session, distributor)
        done = statements.send(session, bot, company, year, by) if send else None
        found = done.statement if done else statements.draft(session, bot, company, year)
        return done, found, statement_page(language, found, statements.today_of(bot, company))

    done, found, page = _with_bot(use_case)
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
    found, today = _with_bot(lambda session, bot: (year_sum(session, bot, year), bot.clock.now().date()))
    typer.echo(sum_on_paper(found, today))
    _write(csv, write_sum(found))


def _with_bot(use_case: "Callable[[Session, Bot], Result]") -> "Result":
    """Run a use case in a transaction; it may be run again, so it says nothing itself.

    What the rules refuse ends the command with a line and exit code 1.
    """
    from bot.app import open_database
    from bot.domain.maintenance.saying_statement import StatementRefusal
    from bot.domain.matching.matcher import Matcher
    from bot.files.knowledge import read_knowledge
    from bot.services.bot import Bot
    from bot.services.renewals.statements import StatementRefusedError
    from bot.settings import load_settings
    from bot.slack.blocks import render
    from bot.wording.statement import refusal

    class NoMatcher(Matcher):
        """Nobody asks anything here, and learning would take seconds."""

        def __init__(self) -> None:
            pass

    settings = load_settings()
    scheme = read_knowledge(settings.knowledge_dir)
    bot = Bot(scheme, NoMatcher(), render, admins=settings.admins, command=settings.support_command)
    database = open_database(settings)
    try:
        return database.run(lambda session: use_case(session, bot))
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
