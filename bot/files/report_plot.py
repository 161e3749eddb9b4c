"""The picture of a report: questions and escalations by topic and by distributor."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from msgspec import Struct

_WIDTH, _ROW, _MARGIN = 10.0, 0.38, 1.6
_COLOURS = ("#9fb8c8", "#c0504d", "#1d4e6f")


class Bars(Struct, frozen=True):
    """One part of the picture: for each name, from top to bottom, a number for each label of the plot."""

    title: str
    names: Sequence[str]
    numbers: Sequence[Sequence[int]]


class ReportPlot(Struct, frozen=True):
    """What is drawn; parts without names are left out."""

    title: str
    labels: Sequence[str]
    parts: Sequence[Bars]


def draw_report(plot: ReportPlot) -> bytes:
    """Return the picture as PNG. Raises `ImportError` where matplotlib is not installed."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - optional, and slow to import

    parts = [part for part in plot.parts if part.names]
    heights = [_MARGIN + _ROW * len(part.names) for part in parts] or [_MARGIN]
    figure = Figure(figsize=(_WIDTH, sum(heights)), layout="constrained")
    figure.suptitle(plot.title, parse_math=False)
    if parts:
        axes = figure.subplots(len(parts), 1, height_ratios=heights, squeeze=False)
        for part, (place,) in zip(parts, axes, strict=True):
            _draw(place, part, plot.labels)
        figure.legend(
            *axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=len(plot.labels)
        )
    file = BytesIO()
    figure.savefig(file, format="png", dpi=110)
    return file.getvalue()


def _draw(axes: Any, part: Bars, labels: Sequence[str]) -> None:
    thickness = 0.8 / len(labels)
    for number, (label, colour) in enumerate(zip(labels, _COLOURS, strict=False)):
        places = [row + (number - (len(labels) - 1) / 2) * thickness for row in range(len(part.names))]
        values = [numbers[number] for numbers in part.numbers]
        axes.barh(places, values, height=thickness, color=colour, label=label)
    axes.set_yticks(range(len(part.names)), part.names, parse_math=False)
    axes.invert_yaxis()
    axes.set_title(part.title)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(visible=True, axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
