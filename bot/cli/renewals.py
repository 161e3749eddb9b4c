"""The dry run of reminders: who will be told what when, and what is wrong with the data."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.domain.scheme import Language
    from bot.services.renewals.forecast import Forecast
    from bot.services.renewals.records import Record
    from bot.settings import Settings
    from bot.storage.database import Database


def renewals(
    next_: Annotated[str, typer.Option("--next", help="How far to look ahead, in days: 90d or 90.")] = "90d",
    distributor: Annotated[str, typer.Option(help="Only what this company bills, by its slug.")] = "",
    practice: Annotated[str, typer.Option(help="With --ics: only this practice, by its exact name.")] = "",
    csv: Annotated[Path | None, typer.Option(help="Write the list to this file as CSV.")] = None,
    ics: Annotated[Path | None, typer.Option(help="Write the due dates to this calendar file.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw what was remitted by month, as PNG.")] = None,
    language: Annotated[str, typer.Option(help="With --ics and --plot: en or de.")] = "en",
) -> None:
    """Say who will be reminded of maintenance when, without sending anything, and what is overdue.

    Names which packages lack a contact in Slack or a VAT rate, so that the data can be mended in time.
    """
    from bot.app import open_database
    from bot.settings import load_settings

    days = _days(next_)
    settings, database = load_settings(), open_database()
    try:
        if ics is not None:
            typer.echo(database.run(lambda s: _calendar(s, settings, ics, distributor, practice, language)))
            return
        if plot is not None:
            typer.echo(_draw(database, settings, plot, language))
            return
        ahead = database.run(lambda session: _look_ahead(session, settings, days, distributor))
    finally:
        database.close()
    _say(ahead, days, csv)


def _draw(database: "Database", settings: "Settings", file: Path, language: str) -> str:
    from bot.files.knowledge import read_knowledge
    from bot.services.renewals import plotting
    from bot.services.renewals.books import Books
    from bot.services.renewals.network_sums import network_plot

    spoken = _language(language)
    if not plotting.can_draw():
        _stop('--plot needs matplotlib: pip install "signpost[plots]"')
    books = Books(read_knowledge(settings.knowledge_dir))
    plot = database.run(lambda session: network_plot(session, books, spoken))
    if plot is None:
        return "There is nothing to draw yet: no distributor has a maintenance period in its billing year."
    file.write_bytes(plotting.draw(plot))
    return f"Written to {file}."


def _language(code: str) -> "Language":
    from bot.domain.scheme import Language

    if code not in set(Language):
        _stop(f"--language {code}: give {' or '.join(Language)}.")
    return Language(code)


def _look_ahead(session: "Session", settings: "Settings", days: int, distributor: str) -> "Forecast":
    from bot.domain.clock import SystemClock
    from bot.files.knowledge import read_knowledge
    from bot.services.renewals.forecast import forecast

    now, vat = SystemClock().now(), read_knowledge(settings.knowledge_dir).vat
    return forecast(session, vat, now, now + timedelta(days=days), _company(session, distributor))


def _say(ahead: "Forecast", days: int, csv: Path | None) -> None:
    from bot.cli.renewals_paper import forecast_on_paper, forecast_rows
    from bot.files.forecast_csv import write_forecast

    if csv is not None:
        csv.write_bytes(write_forecast(forecast_rows(ahead)))
        typer.echo(f"Written to {csv}.", err=True)
    typer.echo(forecast_on_paper(ahead, days, is_short=csv is not None))


def _calendar(
    session: "Session", settings: "Settings", file: Path, distributor: str, practice: str, language: str
) -> str:
    from bot.files.knowledge import read_knowledge
    from bot.services.renewals.calendars import calendar_of
    from bot.services.renewals.records import records

    spoken = _language(language)
    vat = read_knowledge(settings.knowledge_dir).vat
    found: list[Record] = records(session, vat, _periods(session, distributor, practice))
    file.write_bytes(calendar_of(found, spoken, datetime.now(UTC)))
    return f"{len(found)} due date{'' if len(found) == 1 else 's'} written to {file}."


def _periods(session: "Session", distributor: str, practice: str) -> list[int]:
    from bot.storage.queries import directory, reminders

    practice_id = None
    if practice:
        row = directory.practice_by_name(session, practice)
        if row is None:
            _stop(f"--practice: there is none of exactly the name “{practice}”: check capitals and spelling.")
        practice_id = row.id
    company_id = _company(session, distributor)
    return list(reminders.open_periods(session, biller_id=company_id, practice_id=practice_id))


def _company(session: "Session", slug: str) -> int | None:
    from bot.storage.queries import directory

    if not slug:
        return None
    company_id = directory.company_id(session, slug)
    if company_id is None:
        _stop(f"--distributor: there is no company “{slug}”: signpost export companies lists them.")
    return company_id


def _days(text: str) -> int:
    found = re.fullmatch(r"\s*(\d{1,4})\s*d?\s*", text)
    if found is None:
        _stop(f"--next {text}: give a number of days, such as 90d.")
    return int(found[1])


def _stop(line: str) -> NoReturn:
    typer.echo(line, err=True)
    raise typer.Exit(1)
