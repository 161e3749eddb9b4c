"""The picture of a measurement: what is taken for what, and what fewer false alarms cost."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

_INCHES = (19.0, 9.5)


class Picture(Struct, frozen=True):
    """What is drawn.

    `counts` has how often a label (`labels`, from top to bottom) came out as one of `results` (from left to
    right); what is missing is 0. `curve` has pairs of false alarms and right answers, 0 to 1, and `today`
    is the pair as the bot decides now.
    """

    title: str
    labels: Sequence[str]
    results: Sequence[str]
    counts: Mapping[tuple[str, str], int]
    curve: Sequence[tuple[float, float]]
    today: tuple[float, float]


class PicturesNotInstalledError(Exception):
    """matplotlib, which draws, is missing; the message says how to get it."""


def require_pictures() -> None:
    """Raise `PicturesNotInstalledError` when pictures cannot be drawn: ask before a long measurement."""
    try:
        import matplotlib.figure  # noqa: F401, PLC0415 - optional, and slow to import
    except ImportError as error:
        remedy = 'A picture needs matplotlib, which is not installed: pip install "signpost[plots]"'
        raise PicturesNotInstalledError(remedy) from error


def save_picture(picture: Picture, file: Path) -> None:
    """Write `picture` as PNG, over what is there. `OSError` when that is impossible."""
    require_pictures()
    from matplotlib.figure import Figure  # noqa: PLC0415 - optional, and slow to import

    # A figure of its own instead of pyplot: no window, no state that outlives it.
    figure = Figure(figsize=_INCHES, layout="constrained")
    matrix, trade_off = figure.subplots(1, 2, width_ratios=(3, 2))
    figure.suptitle(picture.title)
    _draw_matrix(matrix, picture)
    _draw_trade_off(trade_off, picture)
    figure.savefig(file, format="png", dpi=100)


def _draw_matrix(axes: Any, picture: Picture) -> None:
    """Draw the counts; the shade is the share of the label, so that rare labels show as well."""
    rows = [
        [picture.counts.get((label, result), 0) for result in picture.results] for label in picture.labels
    ]
    shares = [[count / max(1, sum(row)) for count in row] for row in rows]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for y, row in enumerate(rows):
        for x, count in enumerate(row):
            if count:
                shade = "white" if shares[y][x] > 0.5 else "black"
                axes.text(x, y, str(count), ha="center", va="center", color=shade, fontsize=8)
    axes.set_xticks(range(len(picture.results)), picture.results, rotation=90)
    axes.set_yticks(range(len(picture.labels)), picture.labels)
    axes.set_xlabel("what came of it")
    axes.set_ylabel("what it is about")
    axes.set_title("Confusions")


def _draw_trade_off(axes: Any, picture: Picture) -> None:
    axes.plot(*zip(*picture.curve, strict=True), marker=".", label="more or less reserved")
    axes.plot(*picture.today, marker="o", markersize=10, linestyle="none", label="today")
    axes.set_xlim(-0.01, max(0.3, picture.today[0] + 0.05))
    axes.set_ylim(0, 1.01)
    axes.grid(visible=True, alpha=0.3)
    axes.set_xlabel("false alarms: share of other messages that got anything")
    axes.set_ylabel("right: share of questions answered with a right topic")
    axes.set_title("The trade-off")
    axes.legend(loc="lower right")
