"""The picture of a report, with its words."""

from importlib.util import find_spec

from bot.domain.report import Digest, Figures
from bot.files.report_plot import Bars, ReportPlot, draw_report
from bot.wording import report as words
from bot.wording import say

SHOWN = 12
NAME_LENGTH = 40


def can_draw() -> bool:
    """Say whether pictures can be drawn; the figures are also said in words."""
    return find_spec("matplotlib") is not None


def drawn(digest: Digest) -> bytes | None:
    """Return the picture as PNG, `None` where matplotlib is not installed.

    It takes tenths of a second: call it outside of a transaction.
    """
    return draw(digest) if can_draw() else None


def draw(digest: Digest) -> bytes:
    """Return the picture as PNG. Raises `ImportError` where matplotlib is not installed."""
    language, report = digest.language, digest.report
    topics = [(digest.titles.get(key, key), counted) for key, counted in report.by_topic]
    vendors = list(report.by_vendor)
    no_topic, no_vendor = say(language, "report.no_topic"), say(language, "report.no_vendor")
    return draw_report(
        ReportPlot(
            title=words.title(digest),
            labels=[
                say(language, "report.plot.questions"),
                say(language, "report.plot.unanswered"),
                say(language, "report.plot.opened"),
            ],
            parts=[
                _bars(say(language, "report.plot.topics"), topics, no_topic),
                _bars(say(language, "report.plot.vendors"), vendors if len(vendors) > 1 else [], no_vendor),
            ],
        )
    )


def _bars(title: str, rows: list[tuple[str, Figures]], nameless: str) -> Bars:
    shown = rows[:SHOWN]
    return Bars(
        title=title,
        names=[(name or nameless)[:NAME_LENGTH] for name, _ in shown],
        numbers=[(one.questions, one.unanswered, one.opened) for _, one in shown],
    )
