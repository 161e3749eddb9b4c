"""A report in sentences. Nothing here is escaped or marked up."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.report import Digest, Figures
from bot.domain.scheme import Language
from bot.wording import say
from bot.wording.formats import span


def title(digest: Digest) -> str:
    """Write whose report it is, and of which days."""
    return say(digest.language, "report.title", company=digest.company, span=days_of(digest))


def file_title(digest: Digest) -> str:
    """Write how its files are called."""
    return say(digest.language, "report.file_title", company=digest.company, span=days_of(digest))


def days_of(digest: Digest) -> str:
    """Write the first and the last day of the period."""
    zone, period = ZoneInfo(digest.time_zone), digest.report.period
    last = period.until - timedelta(seconds=1)
    return span(digest.language, period.since.astimezone(zone).date(), last.astimezone(zone).date())


def sums(language: Language, total: Figures) -> Iterator[str]:
    """Write what it all came to."""
    yield say(
        language,
        "report.questions",
        questions=total.questions,
        unanswered=total.unanswered,
        missed=total.missed,
    )
    yield say(
        language,
        "report.escalations",
        opened=total.opened,
        resolved=total.resolved,
        open=total.open,
        overdue=total.overdue,
    )
    yield say(language, "report.passed", handed_over=total.handed_over, sent_back=total.sent_back)
    if total.response is not None:
        time = duration(language, total.response)
        yield say(language, "report.response", time=time, count=len(total.responses))


def topic_rows(digest: Digest) -> list[str]:
    """Write one line a topic."""
    none = say(digest.language, "report.no_topic")
    return [
        row(digest.language, digest.titles.get(key, key) or none, counted)
        for key, counted in digest.report.by_topic
    ]


def vendor_rows(digest: Digest) -> list[str]:
    """Write one line a distributor."""
    none = say(digest.language, "report.no_vendor")
    return [row(digest.language, name or none, counted) for name, counted in digest.report.by_vendor]


def row(language: Language, name: str, counted: Figures) -> str:
    """Write figures in one line."""
    words = say(
        language,
        "report.row",
        name=name,
        questions=counted.questions,
        unanswered=counted.unanswered,
        opened=counted.opened,
        open=counted.open,
        overdue=counted.overdue,
    )
    if counted.response is None:
        return words
    return say(language, "report.row_response", row=words, time=duration(language, counted.response))


def duration(language: Language, time: timedelta) -> str:
    """Write a time in hours and minutes."""
    hours, minutes = divmod(round(time.total_seconds() / 60), 60)
    if not hours:
        return say(language, "report.minutes", minutes=minutes)
    return say(language, "report.hours", hours=hours, minutes=minutes)
