"""The figures as a page and as pictures."""

import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from msgspec import Struct, field

from benchmarks.throughput.contestant import Contestant
from benchmarks.throughput.memory import Memory
from benchmarks.throughput.outbox import Emptying
from benchmarks.throughput.rounds import AT_ONCE, Pace
from benchmarks.throughput.rush import LATENCY_SECONDS, Rush, percentile
from benchmarks.throughput.start import STARTS, Starts

STORING = frozenset(Contestant) - {Contestant.BARE}
STARTS_WITH = {
    Contestant.BARE: "bare Bolt",
    Contestant.CEILING: "Bolt and SQLModel (the ceiling)",
    Contestant.BOT: "Signpost",
}


class Figures(Struct):
    """Everything that was measured; what is `None` or empty was left out of the run."""

    paces: list[Pace] = field(default_factory=list)
    workspace: tuple[float, float] | None = None
    rushes: list[Rush] = field(default_factory=list)
    memory: Memory | None = None
    starts: Starts | None = None
    outboxes: list[Emptying] = field(default_factory=list)


def page(figures: Figures) -> str:
    """Write the page."""
    parts = [*_head(), *_paces(figures), *_rushes(figures), *_memory(figures)]
    return "\n".join([*parts, *_starts(figures), *_outboxes(figures)]) + "\n"


def _head() -> Iterator[str]:
    yield "# Speed beside what limits it"
    yield ""
    now = datetime.now(UTC).date()
    machine = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    yield f"{now}, {machine}; `python -m benchmarks.throughput`. Every commit waits for the disk."


def _paces(figures: Figures) -> Iterator[str]:
    yield ""
    yield "## Questions a second"
    yield ""
    yield f"From the question to the posted answer, {AT_ONCE} open at any time. Everybody runs once in a"
    yield "round; the figures are the lowest / the median / the highest."
    yield ""
    yield "| transport | database | who answers | questions a second | processor, ms a question | doubled |"
    yield "|---|---|---|---|---|---|"
    for key in dict.fromkeys((p.transport, p.engine, p.contestant) for p in figures.paces):
        runs = [p for p in figures.paces if (p.transport, p.engine, p.contestant) == key]
        transport, engine, who = key
        engine = engine if who in STORING else "-"
        rates, cpu = _spread([p.per_second for p in runs], 0), _spread([p.cpu_ms for p in runs], 2)
        yield f"| {transport} | {engine} | {who} | {rates} | {cpu} | {sum(p.doubled for p in runs)} |"
    yield ""
    yield "| Signpost beside | transport | database | by questions a second | by processor time | wanted |"
    yield "|---|---|---|---|---|---|"
    yield from _ratios(figures.paces)
    yield ""
    if figures.paces:
        slack = median(p.slack_cpu_ms for p in figures.paces)
        yield f"Asking, and taking the answers, costs the stand-in for Slack {slack:.2f} ms of processor."
        yield LIMITS.rstrip()
    if figures.workspace:
        yield ""
        workspace, bolt = figures.workspace
        yield (
            f"The local workspace (`bot/playground`) takes {workspace:.2f} ms for an event of bare Bolt, and "
            f"Bolt itself {bolt:.2f} ms: it would have been what is measured, hence the stand-in."
        )


LIMITS = """
What limits it: the processor, not the disk, since commits are shared, and so are most statements. One
Python process has one core. Of a question's time there three tenths go into Bolt and the call of the Web
API, a sixth each into the matcher and the blocks, and a tenth into SQLAlchemy. On SQLite brief use cases
run on the event loop and only commits wait beside it; on PostgreSQL the threads of the event loop and of
the database take Python from each other at every statement. Bare Bolt opens a connection for every call;
the bot keeps its own, so its calls cost less.

*Ceiling* is bare Bolt with the bot's writes in plain SQL for the driver, nothing read, matched or put
together: *each its own commit* does every transaction of the bot as one of its own, *commits grouped*
shares commits as the bot does.
"""


WANTED = {Contestant.BARE: "0.35", Contestant.CEILING: "", Contestant.CEILING_EACH: "0.80"}


def _ratios(paces: list[Pace]) -> Iterator[str]:
    """Compare the bot with each of the others, round by round."""
    for transport, engine in dict.fromkeys((p.transport, p.engine) for p in paces):
        for other in (who for who in Contestant if who is not Contestant.BOT):
            bots = _runs(paces, transport, engine, Contestant.BOT)
            theirs = _runs(paces, transport, engine, other)
            if not theirs:
                continue
            pairs = list(zip(bots, theirs, strict=False))
            rate = _spread([b.per_second / o.per_second for b, o in pairs], 2)
            cpu = _spread([o.cpu_seconds / o.events / (b.cpu_seconds / b.events) for b, o in pairs], 2)
            yield f"| {other} | {transport} | {engine} | {rate} | {cpu} | {WANTED[other]} |"


def _runs(paces: list[Pace], transport: str, engine: str, who: Contestant) -> list[Pace]:
    return [p for p in paces if (p.transport, p.engine, p.contestant) == (transport, engine, who)]


def _rushes(figures: Figures) -> Iterator[str]:
    if not figures.rushes:
        return
    yield ""
    yield "## A rush: 500 questions and 50 commands within a second"
    yield ""
    yield f"The Web API takes {LATENCY_SECONDS * 1000:.0f} ms for a call. Waits until acknowledged, in ms."
    yield ""
    yield "| transport | what | median | 99 % | longest | wanted | answered in | doubled |"
    yield "|---|---|---|---|---|---|---|---|"
    for rush in figures.rushes:
        for what, waits, wanted in (
            ("questions", rush.questions, "99 % ≤ 1000, longest ≤ 3000"),
            ("commands", rush.commands, "≤ 300"),
        ):
            shown = " | ".join(f"{percentile(waits, share) * 1000:.0f}" for share in (0.5, 0.99, 1.0))
            last = f"{rush.answered_in:.1f} s | {rush.doubled}"
            yield f"| {rush.transport} | {what} | {shown} | {wanted} | {last} |"


def _memory(figures: Figures) -> Iterator[str]:
    yield ""
    yield "## Memory"
    yield ""
    if figures.memory is None:
        yield "Not in this run: `--memory 100000`."
        return
    samples, growth = figures.memory.samples, figures.memory.growth
    yield f"| events | {' | '.join(f'{events:,}' for events, _ in samples[9::10])} |"
    yield "|---" * (len(samples[9::10]) + 1) + "|"
    yield f"| MB held | {' | '.join(f'{held:.0f}' for _, held in samples[9::10])} |"
    yield ""
    yield f"Growth after the first tenth: {growth:+.1%} (wanted: within 5 %)."


def _starts(figures: Figures) -> Iterator[str]:
    if figures.starts is None:
        return
    seconds, parts = figures.starts.seconds, figures.starts.parts
    yield ""
    yield "## From the start until ready"
    yield ""
    yield f"The shortest / the median / the longest of {STARTS}; wanted of Signpost: ≤ 2 s. Nearly all"
    yield "of it is importing modules: what this machine takes for some libraries alone stands beside it."
    yield ""
    yield "| who starts | seconds |"
    yield "|---|---|"
    for contestant, starts in seconds.items():
        yield f"| {STARTS_WITH[contestant]} | {_spread(starts, 2)} |"
    yield ""
    yield "| part of a start of Signpost | seconds |"
    yield "|---|---|"
    for part, taken in parts.items():
        yield f"| {part} | {taken:.2f} |"


def _outboxes(figures: Figures) -> Iterator[str]:
    if not figures.outboxes:
        return
    yield ""
    yield "## The outbox"
    yield ""
    yield "Claimed, sent to nobody, noted and freed, as many at once as the delivery sends. A claim reads an"
    yield "index of what is open, not what is kept. The purge is `bot/services/forgetting/retention.py`."
    yield ""
    yield "| database | rows kept | messages a second | |"
    yield "|---|---|---|---|"
    for one in figures.outboxes:
        yield f"| {one.engine} | {one.kept:,} | {one.per_second:.0f} | {one.note} |"


def _spread(values: list[float], digits: int) -> str:
    return " / ".join(f"{value:.{digits}f}" for value in (min(values), median(values), max(values)))


def draw(figures: Figures, file: Path) -> None:
    """Draw the rates, the waits, the memory and the outbox."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to import

    figure = Figure(figsize=(14, 9), layout="constrained")
    (rates, waits), (memory, outbox) = figure.subplots(2, 2)
    keys = list(dict.fromkeys((p.contestant, p.transport, p.engine) for p in figures.paces))
    values = [
        median(p.per_second for p in figures.paces if (p.contestant, p.transport, p.engine) == key)
        for key in keys
    ]
    labels = [
        f"{who}; {transport}" + (f", {engine}" if who in STORING else "") for who, transport, engine in keys
    ]
    colours = ["C1" if who is Contestant.BOT else "C0" for who, _, _ in keys]
    rates.barh(labels, values, color=colours)
    rates.invert_yaxis()
    rates.set_title("questions a second")
    for rush in figures.rushes:
        for what, ordered in (("questions", rush.questions), ("commands", rush.commands)):
            shares = [(n + 1) / len(ordered) for n in range(len(ordered))]
            waits.plot([wait * 1000 for wait in ordered], shares, label=f"{what}, {rush.transport}")
        waits.legend()
    waits.set_title("share acknowledged after so many ms")
    if figures.memory:
        memory.plot(*zip(*figures.memory.samples, strict=True))
        memory.set_ylim(bottom=0)
        memory.set_title("MB held after so many events")
    else:
        memory.axis("off")
    for engine in dict.fromkeys(one.engine for one in figures.outboxes):
        ones = [one for one in figures.outboxes if one.engine == engine and one.kept]
        outbox.plot([one.kept for one in ones], [one.per_second for one in ones], "o-", label=engine)
        outbox.set_xscale("log")
        outbox.legend()
    outbox.set_ylim(bottom=0)
    outbox.set_title("outbox: messages a second, by rows kept")
    figure.savefig(file, format="png", dpi=90)
