"""The manufacturer's picture of what was remitted, month by month."""

from importlib.util import find_spec

from bot.domain.maintenance.saying_overview import MonthlyPlot
from bot.files.month_plot import MonthPlot, draw_months
from bot.wording import say
from bot.wording.formats import month


def can_draw() -> bool:
    """Say whether pictures can be drawn; the figures are also said in words."""
    return find_spec("matplotlib") is not None


def draw(plot: MonthlyPlot) -> bytes:
    """Return the picture as PNG. It takes tenths of a second: call it outside of a transaction."""
    language = plot.language
    return draw_months(
        MonthPlot(
            title=say(language, "renewals.plot.title"),
            unit=plot.currency,
            expected_label=say(language, "renewals.plot.expected"),
            remitted_label=say(language, "renewals.plot.remitted"),
            months=[month(language, one.first) for one in plot.months],
            expected=[one.expected_cents / 100 for one in plot.months],
            remitted=[one.remitted_cents / 100 for one in plot.months],
        )
    )
