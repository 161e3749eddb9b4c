"""The picture of remittances: what was expected and what came, month by month."""

from collections.abc import Sequence
from io import BytesIO

from msgspec import Struct

_INCHES = (9.0, 4.5)
_EXPECTED, _REMITTED = "#9fb8c8", "#1d4e6f"


class MonthPlot(Struct, frozen=True):
    """What is drawn: for each month its label and two amounts in whole units of the currency."""

    title: str
    unit: str
    expected_label: str
    remitted_label: str
    months: Sequence[str]
    expected: Sequence[float]
    remitted: Sequence[float]


def draw_months(plot: MonthPlot) -> bytes:
    """Return the picture as PNG. Raises `ImportError` where matplotlib is not installed."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - optional, and slow to import

    figure = Figure(figsize=_INCHES, layout="constrained")
    axes = figure.subplots()
    places = range(len(plot.months))
    axes.bar(places, plot.expected, width=0.8, color=_EXPECTED, label=plot.expected_label)
    axes.bar(places, plot.remitted, width=0.5, color=_REMITTED, label=plot.remitted_label)
    axes.set_xticks(places, plot.months, rotation=45, ha="right")
    axes.set_ylabel(plot.unit)
    axes.set_title(plot.title)
    axes.grid(visible=True, axis="y", alpha=0.3)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend()
    file = BytesIO()
    figure.savefig(file, format="png", dpi=120)
    return file.getvalue()
