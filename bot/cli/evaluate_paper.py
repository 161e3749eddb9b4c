"""A measurement as text for the terminal."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.matching.figures import LOWER_IS_BETTER, Figures, Share

_NAMES = ("right", "helped", "wrong_company", "false_alarm", "top1", "top3")
_NAME_WIDTH = 34
_COUNT_WIDTH = 6
_FIGURE_WIDTH = 16
_SHOWN_CONFUSIONS = 20

NOTE = (
    "In per cent, with the interval in which the true value lies with 95 % confidence (Wilson). "
    "wrong_company and false_alarm: lower is better."
)


def table(title: str, rows: Mapping[str, Figures]) -> str:
    """Return a line for each of `rows`, with the number of messages and every figure with its interval."""
    head = f"{title:<{_NAME_WIDTH}}{'n':>{_COUNT_WIDTH}}" + "".join(f"{n:>{_FIGURE_WIDTH}}" for n in _NAMES)
    return "\n".join([head, *(_row(name, figures) for name, figures in rows.items())])


def noise_table(clean: Mapping[str, Figures], rows: Mapping[str, Mapping[str, Figures]]) -> str:
    """Return how many points each figure is better (+) or worse (-) than `clean`, by noise and by group."""
    lines = [f"{'points against no noise':<{_NAME_WIDTH}}{'n':>{_COUNT_WIDTH}}" + _figure_names()]
    for noise, groups in rows.items():
        for group, figures in groups.items():
            lines.append(_label(f"{noise}, {group}", figures) + _differences(clean[group], figures))
    return "\n".join(lines)


def confusions_on_paper(counts: Counter[tuple[str, str]]) -> str:
    """Return the commonest confusions, one a line."""
    if not counts:
        return "No confusions."
    lines = [
        f"{count:>5}  {label} → {result}" for (label, result), count in counts.most_common(_SHOWN_CONFUSIONS)
    ]
    rest = len(counts) - len(lines)
    return "\n".join(["Confusions", *lines, *([f"       and {rest} kinds more"] if rest > 0 else [])])


def by_value(figures: Figures) -> Iterator[tuple[str, Share]]:
    """Yield every figure with its name, in the order in which it is shown."""
    return ((name, getattr(figures, name)) for name in _NAMES)


def _row(name: str, figures: Figures) -> str:
    return _label(name, figures) + "".join(
        f"{_share(share):>{_FIGURE_WIDTH}}" for _, share in by_value(figures)
    )


def _label(name: str, figures: Figures) -> str:
    return f"{name:<{_NAME_WIDTH}}{figures.right.of + figures.false_alarm.of:>{_COUNT_WIDTH}}"


def _share(share: Share) -> str:
    if not share.of:
        return "–"
    low, high = share.interval
    return f"{100 * share.value:.1f} ({100 * low:.0f}–{100 * high:.0f})"


def _differences(before: Figures, after: Figures) -> str:
    pairs: Sequence[tuple[str, Share]] = list(by_value(after))
    return "".join(
        f"{_difference(name, getattr(before, name), share):>{_FIGURE_WIDTH}}" for name, share in pairs
    )


def _difference(name: str, before: Share, after: Share) -> str:
    if not after.of:
        return "–"
    better = after.value - before.value if name not in LOWER_IS_BETTER else before.value - after.value
    return f"{round(100 * better, 1) + 0.0:+.1f}"  # + 0.0 turns -0.0 into 0.0


def _figure_names() -> str:
    return "".join(f"{name:>{_FIGURE_WIDTH}}" for name in _NAMES)
