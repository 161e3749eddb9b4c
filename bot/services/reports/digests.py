"""The weekly digest: to each company, on the first working morning of the week, once."""

from base64 import b64encode
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlmodel import Session, col, select

from bot.domain.maintenance.ladder import SENDING_TIME
from bot.domain.opening import Closed
from bot.domain.report import Digest, Period, Report, week_of
from bot.domain.scheme import Language
from bot.files.report_csv import write_report
from bot.services.bot import Bot
from bot.services.escalations.reaching import Place, channel_of, company_place
from bot.services.renewals.arming import company_days
from bot.services.reports.gathering import report_of
from bot.storage.insert import insert_once
from bot.storage.queries import outbox
from bot.storage.queries.companies import closed_days
from bot.storage.tables import CompanyRow, DigestNoticeRow
from bot.wording.report import file_title

CLOSING_TIME = time(18)
"""What is late (we were down at nine) is still said until then, else on the next working day of the week."""


class Weekly(Struct, frozen=True):
    """A company's digest of the week that is over, and where it goes; `place` is `None` for nowhere."""

    company_id: int
    slug: str
    week: str
    digest: Digest
    place: Place | None

    @property
    def has_news(self) -> bool:
        """Whether there is anything to tell, and somebody to tell it to."""
        return self.place is not None and not self.digest.report.total.is_nothing


def due(session: Session, now: datetime) -> list[int]:
    """Return the companies whose digest is to be sent at `now` (aware) and was not dealt with."""
    companies = session.exec(select(CompanyRow).order_by(col(CompanyRow.id))).all()
    weeks = {last_week(company, now).name for company in companies}
    query = select(DigestNoticeRow).where(col(DigestNoticeRow.week).in_(weeks))
    dealt = {(row.company_id, row.week) for row in session.exec(query).all()}
    closed = closed_days(session)
    return [
        company.id or 0
        for company in companies
        if (company.id, last_week(company, now).name) not in dealt
        and _is_time(company, closed.get(company.id or 0, ()), now)
    ]


def last_week(company: CompanyRow, now: datetime) -> Period:
    """Return the last week that is over where the company is."""
    today = now.astimezone(ZoneInfo(company.time_zone)).date()
    return week_of(today - timedelta(days=7), company.time_zone)


def weekly(session: Session, bot: Bot, company_id: int, now: datetime) -> Weekly:
    """Put a company's digest together."""
    company = session.get_one(CompanyRow, company_id)
    period = last_week(company, now)
    report = report_of(session, bot, period, company)
    language = language_of(company)
    digest = digest_of(bot, report, company.name, company.time_zone, language)
    place = company_place(session, bot, company_id)
    return Weekly(company_id, company.slug, period.name, digest, place)


def digest_of(bot: Bot, report: Report, name: str, time_zone: str, language: Language) -> Digest:
    """Return a report with the words of its topics."""
    titles = {
        key: bot.scheme.topic(key).title.in_(language)
        for key, _ in report.by_topic
        if key and bot.scheme.has_topic(key)
    }
    return Digest(language, name, time_zone, report, titles)


def language_of(company: CompanyRow) -> Language:
    """Return a company's first language."""
    known = (Language(code) for code in company.languages.split() if code in set(Language))
    return next(known, Language.EN)


def send(session: Session, bot: Bot, weekly: Weekly, picture: bytes | None, now: datetime) -> bool:
    """Queue a digest with its files; return whether that is new.

    A company and week is dealt with once, whoever tries, also when the outbox was emptied since.
    """
    outcome = "unreachable" if weekly.place is None else "queued" if weekly.has_news else "nothing-happened"
    values = {
        "company_id": weekly.company_id,
        "week": weekly.week,
        "outcome": outcome,
        "dealt_at": now,
    }
    if not insert_once(session, DigestNoticeRow, values) or weekly.place is None or not weekly.has_news:
        return False
    _queue(session, bot, weekly, "chat.postMessage", "", bot.render(weekly.digest).content)
    files = {"csv": write_report(weekly.digest.report), **({"png": picture} if picture else {})}
    for ending, data in files.items():
        _queue(session, bot, weekly, "files.upload", ending, _file(weekly, ending, data))
    return True


def _is_time(company: CompanyRow, closed: Closed, now: datetime) -> bool:
    """Say whether the first working morning of the week has come, and somebody reads now."""
    workdays = company_days(company, closed)
    local = now.astimezone(ZoneInfo(workdays.time_zone))
    return workdays.is_working(local.date()) and SENDING_TIME <= local.time() < CLOSING_TIME


def _file(weekly: Weekly, ending: str, data: bytes) -> dict[str, Any]:
    return {
        "filename": f"support-{weekly.slug}-{weekly.week}.{ending}",
        "title": f"{file_title(weekly.digest)} ({ending.upper()})",
        "text": "",
        "data": b64encode(data).decode("ascii"),
    }


def _queue(
    session: Session, bot: Bot, weekly: Weekly, method: str, ending: str, content: dict[str, Any]
) -> None:
    assert weekly.place is not None  # noqa: S101 - it was asked before
    channel = channel_of(weekly.place)
    outbox.add(
        session,
        key=f"{method} digest {weekly.company_id} {weekly.week} {ending}".rstrip(),
        workspace_id=weekly.place.workspace_id,
        lane=channel,
        method=method,
        content={"channel": channel, **content},
        now=bot.system_clock.now(),
    )
