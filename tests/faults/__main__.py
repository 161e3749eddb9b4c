"""`python -m tests.faults --kills 200 --seed 1`: the long form, with a table at the end."""

import argparse
import asyncio
import secrets
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.engines import Engine, SqliteFiles, postgresql_server
from tests.faults.nursery import nursery
from tests.faults.stage import address
from tests.faults.storm import Outcome, Storm, rage
from tests.faults.table import table


def main() -> int:
    """Run what is asked for; return 1 when anything was lost, doubled or forgotten."""
    wanted = _arguments()
    seed = wanted.seed if wanted.seed is not None else secrets.randbelow(1_000_000)
    engines = ("sqlite", "postgresql") if wanted.engine == "both" else (wanted.engine,)
    faults = 0
    for engine in engines:
        storm = Storm(wanted.kills, seed, engine, transport=wanted.transport, everywhere=wanted.everywhere)
        sys.stdout.write(f"{storm.command}\n")
        sys.stdout.flush()
        outcome = _run(storm, wanted.keep)
        sys.stdout.write(f"{table(outcome)}\n")
        faults += len(outcome.faults)
    return 1 if faults else 0


def _run(storm: Storm, keep: Path | None) -> Outcome:
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="signpost-faults-")))
        folder.mkdir(parents=True, exist_ok=True)
        engine: Engine = SqliteFiles(folder)
        if storm.engine == "postgresql":
            server = tempfile.TemporaryDirectory(prefix="signpost-", ignore_cleanup_errors=True)
            engine = stack.enter_context(postgresql_server(Path(stack.enter_context(server))))
        url = address(stack.enter_context(engine.lent()))
        return asyncio.run(_rage(storm, folder, url))


async def _rage(storm: Storm, folder: Path, url: str) -> Outcome:
    async with nursery() as opened:
        return await rage(storm, opened, folder, url)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how often the bot is killed, for each engine")
    parser.add_argument(
        "--seed", type=int, help="where all chance comes from; another one each time without it"
    )
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--transport", choices=("socket", "http"), default="socket")
    parser.add_argument(
        "--everywhere",
        action="store_true",
        help="three of four deaths seek a write point at which none was yet",
    )
    parser.add_argument("--keep", type=Path, help="a folder for the database and the logs of all lives")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
