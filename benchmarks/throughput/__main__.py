"""How fast the bot is beside what limits it: `python -m benchmarks.throughput`.

Writes `benchmarks/throughput.md` and `benchmarks/throughput.png`. Three rounds take about five minutes on an
idle machine; `--memory 100000` adds some minutes more.
"""

import argparse
import asyncio
import os
from contextlib import ExitStack
from pathlib import Path

from benchmarks.throughput.engines import Engine, Sqlite, postgresql
from benchmarks.throughput.memory import watch_memory
from benchmarks.throughput.outbox import measure_outbox
from benchmarks.throughput.report import Figures, draw, page
from benchmarks.throughput.rounds import Pace, take_turns
from benchmarks.throughput.rush import rush
from benchmarks.throughput.start import measure_starts
from benchmarks.throughput.workspace import cost_of_local_workspace

PAGE, PICTURE = Path("benchmarks/throughput.md"), Path("benchmarks/throughput.png")
PARTS = ("pace", "workspace", "rush", "start", "outbox")


def main() -> None:
    """Measure what is wanted, print it, and write the page and the picture when everything was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"some of {', '.join(PARTS)}; all if none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--events", type=int, default=1200, help="questions of one run")
    parser.add_argument("--memory", type=int, default=0, metavar="EVENTS")
    given = parser.parse_args()
    os.environ.setdefault("USE_MEANING", "false")
    with ExitStack() as stack:
        engines: list[Engine] = [Sqlite(), *stack.enter_context(postgresql())]
        parts = given.parts or PARTS
        figures = asyncio.run(measure(engines, parts, given.rounds, given.events, given.memory))
    print(page(figures))
    if not given.parts:
        PAGE.write_text(page(figures), "utf-8")
        draw(figures, PICTURE)


async def measure(
    engines: list[Engine], parts: list[str] | tuple[str, ...], rounds: int, events: int, memory: int
) -> Figures:
    """Measure the wanted parts one after the other."""
    figures = Figures()
    if "start" in parts:  # First: some machines slow down under minutes of load.
        figures.starts = await measure_starts()
    if "pace" in parts:
        figures.paces = await take_turns(engines, rounds, events, tell)
    if "workspace" in parts:
        figures.workspace = await cost_of_local_workspace()
    if "rush" in parts:
        figures.rushes = [await rush("socket", engines[0]), await rush("http", engines[0])]
    if memory:
        figures.memory = await watch_memory(memory)
    if "outbox" in parts:
        figures.outboxes = [one for engine in engines for one in await measure_outbox(engine)]
    return figures


def tell(pace: Pace) -> None:
    """Say how far it is."""
    print(
        f"{pace.transport} {pace.engine} {pace.contestant}: {pace.per_second:.0f}/s, {pace.cpu_ms:.2f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
