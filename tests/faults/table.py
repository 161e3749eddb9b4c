"""The outcome as a table for people."""

from collections import Counter

from tests.faults.points import by_table
from tests.faults.storm import Outcome


def table(outcome: Outcome) -> str:
    """Return what happened, what was compared, and every difference."""
    storm, found = outcome.storm, outcome.findings
    lines = [
        f"seed {storm.seed} on {storm.engine} over {storm.transport}: {outcome.kills.total()} kills in "
        f"{outcome.lives} lives, {outcome.seconds:.0f} s",
        f"write points reached {len(outcome.reached)}, died at {len(outcome.died_at)} of them",
        *_block("died", outcome.kills),
        *_block("weather", outcome.weather),
        *_block("compared", found.compared),
        f"  {'answers for one person alone that came twice':<46}{found.repeated_alone:>6}",
        *_block(
            "found",
            Counter(lost=len(found.lost), doubled=len(found.doubled), astray=len(found.astray)),
        ),
        f"  {'ended by itself':<46}{len(outcome.falls):>6}",
        *outcome.faults,
    ]
    if storm.everywhere:
        reached, died_at = by_table(outcome.reached), by_table(outcome.died_at)
        lines.append(f"by table, call and acknowledgement: reached {len(reached)}, died at {len(died_at)}")
        lines += [f"  not died at {place}" for place in sorted(reached - died_at)]
    if outcome.faults:
        lines.append(f"Again: {storm.command}")
    return "\n".join(lines)


def _block(title: str, counted: Counter[str]) -> list[str]:
    return [title, *(f"  {name:<46}{number:>6}" for name, number in sorted(counted.items()))]
