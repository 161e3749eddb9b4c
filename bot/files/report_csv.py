"""A report as a CSV file: a row for the sum, for each topic, and for each distributor."""

from collections.abc import Iterator

from bot.domain.report import Figures, Report
from bot.files.csv_table import write_table

COUNTS = (
    "questions",
    "unanswered",
    "missed",
    "opened",
    "resolved",
    "open",
    "overdue",
    "handed_over",
    "sent_back",
)
COLUMNS = ("since", "until", "by", "name", *COUNTS, "responses", "median_response_minutes")


def write_report(report: Report) -> bytes:
    """Write a report; the period is from `since` until before `until`, in UTC."""
    return write_table(COLUMNS, _rows(report))


def _rows(report: Report) -> Iterator[dict[str, str]]:
    yield _row(report, "total", "", report.total)
    for name, figures in report.by_topic:
        yield _row(report, "topic", name, figures)
    for name, figures in report.by_vendor:
        yield _row(report, "distributor", name, figures)


def _row(report: Report, by: str, name: str, figures: Figures) -> dict[str, str]:
    period, response = report.period, figures.response
    return {
        "since": period.since.isoformat(timespec="minutes"),
        "until": period.until.isoformat(timespec="minutes"),
        "by": by,
        "name": name,
        **{count: str(getattr(figures, count)) for count in COUNTS},
        "responses": str(len(figures.responses)),
        "median_response_minutes": str(round(response.total_seconds() / 60)) if response is not None else "",
    }
