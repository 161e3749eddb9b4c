"""Fuzz for a long time: `python -m tests.fuzz --seconds 600 [--target NAME] [--seed N]`."""

import argparse
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.engines import SqliteFiles
from tests.fuzz.payloads import sent
from tests.fuzz.signatures import KNOCKS, check_door, open_door
from tests.fuzz.targets import TARGETS
from tests.fuzz.test_wire import check
from tests.fuzz.world import World
from tests.scenarios.conftest import address

WIRE, SIGNATURES = "wire", "signatures"
ROUND = 200
"""Examples of a round; every round has a seed of its own, which is printed where something is found."""


def main() -> int:
    """Take the targets in turn until the time is over; return 1 where something was found."""
    options = _options()
    os.environ["USE_MEANING"] = "false"
    structlog.configure(processors=[_drop])
    # It tells of every request that is none; here these are meant.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    end = time.monotonic() + options.seconds
    names = [options.target] if options.target else [*TARGETS, SIGNATURES, WIRE]
    with tempfile.TemporaryDirectory(prefix="signpost-fuzz-") as folder, ExitStack() as stack:
        rounds = {name: _rounds(name, Path(folder), stack) for name in names}
        seeds = random.Random(options.seed)  # noqa: S311 - a fuzzer's
        done = dict.fromkeys(names, 0)
        found = 0
        while time.monotonic() < end:
            for name in names:
                number = seeds.randrange(2**32)
                found += _round(name, rounds[name], number)
                done[name] += ROUND
    counts = ", ".join(f"{name} {count}" for name, count in done.items())
    sys.stdout.write(f"{counts} examples; found: {found}\n")
    return 1 if found else 0


def _drop(*_: Any) -> Any:
    raise structlog.DropEvent


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--target", choices=[*TARGETS, SIGNATURES, WIRE])
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))  # noqa: S311 - a fuzzer's
    options = parser.parse_args()
    sys.stdout.write(f"seed {options.seed}\n")
    return options


def _round(name: str, run: Callable[[int], None], number: int) -> int:
    try:
        run(number)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        notes = "\n".join(getattr(error, "__notes__", ()))
        sys.stdout.write(
            f"{name}, round {number}: {type(error).__name__}: {str(error)[:2000]}\n{notes[:3000]}\n"
        )
        return 1
    return 0


def _rounds(name: str, folder: Path, stack: ExitStack) -> Callable[[int], None]:
    if name == WIRE:
        return _wire(folder)
    if name == SIGNATURES:
        door = stack.enter_context(open_door())
        return lambda number: _examples(KNOCKS, lambda knock: check_door(door, knock), number)
    return _plain(name)


def _plain(name: str) -> Callable[[int], None]:
    return lambda number: _examples(TARGETS[name].given, TARGETS[name].holds, number)


def _wire(folder: Path) -> Callable[[int], None]:
    """Open the workspace with the first round, and leave it open."""
    opened: list[World] = []

    def run(number: int) -> None:
        if not opened:
            database = SqliteFiles(folder).lent().__enter__()
            opened.append(World(folder, address(database)).__enter__())
        _examples(sent(opened[0]), lambda what: check(opened[0], *what), number)

    return run


def _examples(given_: st.SearchStrategy[Any], holds: Callable[[Any], None], number: int) -> None:
    @seed(number)
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(given_)
    def one(value: Any) -> None:
        holds(value)

    one()


if __name__ == "__main__":
    sys.exit(main())
