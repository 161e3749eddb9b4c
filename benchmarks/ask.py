"""How long `signpost ask` takes from the shell's point of view, and where the time goes.

    python -m benchmarks.ask

Beside it stands what a process costs that only imports the libraries which the answer needs: that is the
floor, and what is above it is ours.
"""

import os
import re
import statistics
import subprocess
import sys
import time

RUNS = 7
QUESTION = "datenbank von gestern zurückspielen?"
ASK = ["-m", "bot", "ask", QUESTION]
FLOOR = [
    "-c",
    "import typer, numpy, sqlmodel, pydantic_settings, babel.dates, rapidfuzz, holidays, opening_hours",
]
SHOWN = 12


def main() -> None:
    """Print the medians and the slowest imports."""
    ask, floor = median_seconds(ASK), median_seconds(FLOOR)
    print(f"signpost ask, whole process   {ask:.2f} s (median of {RUNS})")
    print(f"only importing its libraries  {floor:.2f} s")
    print(f"bare interpreter              {median_seconds(['-c', 'pass']):.2f} s")
    print("\nslowest imports, each with what it imports in turn:")
    for seconds, name in slowest_imports():
        print(f"{seconds * 1000:6.0f} ms  {name}")


def median_seconds(arguments: list[str]) -> float:
    """Run a Python process some times after one warm-up, and return the median of its seconds."""
    return statistics.median([_seconds(arguments) for _ in range(RUNS + 1)][1:])


def slowest_imports() -> list[tuple[float, str]]:
    """Return the slowest imports of one run, slowest first, as seconds and name."""
    run = _run(["-X", "importtime", *ASK])
    lines = re.findall(r"import time:\s+\d+ \|\s+(\d+) \|\s*(\S+)", run.stderr)
    return sorted(((int(micro) / 1e6, name) for micro, name in lines), reverse=True)[:SHOWN]


def _seconds(arguments: list[str]) -> float:
    begun = time.perf_counter()
    _run(arguments)
    return time.perf_counter() - begun


def _run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, env=environment
    )


if __name__ == "__main__":
    main()
