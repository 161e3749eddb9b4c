"""The report in the shell, for a spreadsheet, or as a picture."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.house import company_of, looking, stop, write

if TYPE_CHECKING:
    from bot.domain.report import Digest, Period


def report(
    week: Annotated[str, typer.Option(help="A week such as 2026-W48; the last that is over if none.")] = "",
    from_: Annotated[str, typer.Option("--from", help="The first day, such as 2026-11-01.")] = "",
    to: Annotated[str, typer.Option("--to", help="The last day, which still counts.")] = "",
    company: Annotated[str, typer.Option(help="As this company may see it, by its slug.")] = "",
    csv: Annotated[Path | None, typer.Option(help="Write the figures to this file as CSV.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw them into this PNG file.")] = None,
) -> None:
    """Tell what was asked, what stayed unanswered, and what escalations came to, by topic and distributor."""
    from bot.files.picture import PicturesNotInstalledError, require_pictures
    from bot.files.report_csv import write_report
    from bot.services.reports.drawing import draw

    if plot is not None:
        try:
            require_pictures()
        except PicturesNotInstalledError as error:
            stop(str(error))
    digest = _digest(week, (from_, to), company)
    typer.echo(_on_paper(digest))
    write(csv, write_report(digest.report))
    if plot is not None:
        write(plot, draw(digest))


def _digest(week: str, between: tuple[str, str], slug: str) -> "Digest":
    from bot.domain.scheme import Language
    from bot.services.reports.digests import digest_of
    from bot.services.reports.gathering import report_of
    from bot.storage.queries import maintenance
    from bot.storage.tables import CompanyRow

    with looking() as (session, bot):
        company_id = company_of(session, slug)
        named = session.get(CompanyRow, company_id) if company_id is not None else None
        reader = named or maintenance.manufacturer(session)
        zone, name = (reader.time_zone, reader.name) if reader else ("UTC", "Signpost")
        period = _period(week, between, zone, bot.clock.now())
        return digest_of(bot, report_of(session, bot, period, named), name, zone, Language.EN)


def _period(week: str, between: tuple[str, str], zone: str, now: datetime) -> "Period":
    from zoneinfo import ZoneInfo

    from bot.domain.report import days, read_week, week_of

    if week and any(between):
        stop("--week and --from, --to: give the week, or the days.")
    if any(between):
        first, last = _day("--from", between[0]), _day("--to", between[1])
        if last < first:
            stop(f"--to {last}: give a day that is not before {first}.")
        return days(first, last, zone)
    if week:
        try:
            return read_week(week, zone)
        except ValueError:
            stop(f"--week {week}: give a week such as 2026-W48.")
    return week_of(now.astimezone(ZoneInfo(zone)).date() - timedelta(days=7), zone)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        stop(f"{option} {text}: give a day such as 2026-11-24.")


def _on_paper(digest: "Digest") -> str:
    from bot.wording import report as words
    from bot.wording import say

    language = digest.language
    lines = [words.title(digest), "", *words.sums(language, digest.report.total)]
    for title, rows in (
        (say(language, "report.by_topic"), words.topic_rows(digest)),
        (say(language, "report.by_vendor"), words.vendor_rows(digest)),
    ):
        if rows:
            lines += ["", f"{title}:", *(f"  {row}" for row in rows)]
    return "\n".join(lines)
