"""Ask the advisory service about everything that requirements.lock pins: `python3 start.py audit`.

Exit code 0: all was looked up and nothing is known; 1: something is known; 3: not all could be looked up, so
that nothing can be said of it. pip-audit itself calls the last "No known vulnerabilities found".
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
SECONDS = 180
CLEAN, KNOWN, NOT_AUDITED = 0, 1, 3


@dataclass(frozen=True)
class Verdict:
    """The exit code, and what to say."""

    code: int
    lines: tuple[str, ...]


def main() -> int:
    """Run pip-audit on the lock file and print what it comes to."""
    verdict = judge(*run())
    print("\n".join(verdict.lines), file=sys.stderr if verdict.code else sys.stdout)
    return verdict.code


def run() -> tuple[str, str]:
    """Return what pip-audit says on standard output and on standard error."""
    # The lock is complete and has hashes: nothing has to be resolved or installed for this.
    options = ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"]
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "", f"no answer within {SECONDS} seconds"
    return done.stdout, done.stderr


def judge(output: str, errors: str) -> Verdict:
    """Say what pip-audit's JSON comes to. Without any, its last line of errors is the reason."""
    try:
        found = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (errors.strip().splitlines() or ["it said nothing"])[-1]
        return Verdict(NOT_AUDITED, (f"NOT AUDITED: pip-audit did not get through: {reason}",))
    known = [
        f"{one['name']} {one['version']}: {hole['id']}, {_mended_in(hole['fix_versions'])}"
        for one in found
        for hole in one.get("vulns", ())
    ]
    skipped = [one["name"] for one in found if "skip_reason" in one]
    if known:
        return Verdict(KNOWN, (f"{len(known)} known:", *known))
    if skipped or not found:
        head = f"NOT AUDITED: {len(skipped)} of {len(found)} packages could not be looked up."
        why = "Is the advisory service within reach? Nothing is proved by this run."
        return Verdict(NOT_AUDITED, (head, why))
    return Verdict(CLEAN, (f"{len(found)} packages audited: nothing is known against them.",))


def _mended_in(versions: list[str]) -> str:
    return f"mended in {', '.join(versions)}" if versions else "not mended yet"


if __name__ == "__main__":
    sys.exit(main())
