#!/usr/bin/env python3
"""Run Signpost from a clone: needs Python 3.11+ with pip and makes everything else itself.

    python3 start.py                 the bot in a local Slack workspace (`signpost try`)
    python3 start.py test            every check and test
    python3 start.py audit           is anything known against what is locked? (asks the advisory service)
    python3 start.py ask "…"         any other `signpost` command

The environment lies in `.venv` beside this file, installed from the lock files. It is made on the first
run and again when a lock file changes; later runs need no network.
"""

import hashlib
import os
import subprocess
import sys
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def main(arguments: list[str]) -> int:
    """Prepare the environment, then run the tests or a command in it; return the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python meets first
        print(f"Signpost needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    if arguments[:1] == ["test"]:
        prepare("requirements-dev.lock")
        return test(arguments[1:])
    if arguments == ["audit"]:
        prepare("requirements-dev.lock")
        return subprocess.call([PYTHON, ROOT / ".ci" / "audit.py"])
    prepare("requirements.lock")
    return subprocess.call([PYTHON, "-m", "bot", *(arguments or ["try"])])


def prepare(lock: str) -> None:
    """Make `.venv` hold what `lock` lists; `requirements-dev.lock` holds all of `requirements.lock` too."""
    wanted = {name: fingerprint(name) for name in ("requirements.lock", "requirements-dev.lock")}
    stamp = VENV / "installed-lock"
    if PYTHON.exists() and stamp.exists():
        installed = stamp.read_text().split()
        if wanted["requirements-dev.lock"] in installed or wanted[lock] in installed:
            return
    print(f"Preparing {VENV} from {lock}; this happens once.", file=sys.stderr)
    if not PYTHON.exists():
        # Without pip inside: some systems ship Python without ensurepip, and this pip can install into it.
        venv.EnvBuilder(with_pip=False, clear=True).create(VENV)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(PYTHON),
        "install",
        "-q",
        "--disable-pip-version-check",
    ]
    steps = [
        [*pip, "--require-hashes", "-r", str(ROOT / lock)],
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
    ]
    for step in steps:
        if subprocess.call(step) != 0:
            raise SystemExit("Installing failed: see pip's message above. It needs the network, this once.")
    # The matcher learns its phrases now, so that the first question need not wait for it.
    subprocess.call([PYTHON, "-m", "bot", "compile"], cwd=ROOT, stdout=subprocess.DEVNULL)
    stamp.write_text(fingerprint(lock))


def fingerprint(name: str) -> str:
    """Return what changes when the lock file or the Python does."""
    return hashlib.sha256((ROOT / name).read_bytes() + sys.version.encode()).hexdigest()


def test(arguments: list[str]) -> int:
    """Run the checks, the slow ones beside pytest; with arguments pytest alone."""
    quick = [["ruff", "format", "--check", "."], ["ruff", "check", "."]]
    slow = [["mypy"], ["lint-imports"]]
    failed = [] if arguments else [check[0] for check in quick if not passes(check)]
    # Compiled once here, and not by each of pytest's processes for itself.
    subprocess.call([PYTHON, "-m", "bot", "compile"], cwd=ROOT, stdout=subprocess.DEVNULL)
    print(":: pytest", flush=True)
    with ThreadPoolExecutor(1) as beside:
        checks = [] if arguments else [(check, beside.submit(heard, check)) for check in slow]
        # Bytecode is kept also where the machine is set not to: every process here would compile all anew.
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        # Three for each core: many tests wait for a database, or for another process.
        workers = str(3 * (os.cpu_count() or 1))
        if not arguments and not any((ROOT / "tests").rglob("*-pytest-*.pyc")):
            # The first time the tests themselves are compiled once too, which is half of collecting them.
            collect = [PYTHON, "-m", "pytest", "--collect-only", "-q"]
            subprocess.call(collect, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        pytest = [PYTHON, "-m", "pytest", *(arguments or ["-n", workers, "--dist", "worksteal"])]
        if subprocess.call(pytest, cwd=ROOT, env=environment) != 0:
            failed.append("pytest")
        for check, done in checks:
            code, said = done.result()
            print("::", *check)
            print(said, end="", flush=True)
            if code != 0:
                failed.append(check[0])
    if failed:
        print("Failed:", ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def passes(check: list[str]) -> bool:
    """Run a check where it can be seen, and say whether it passed."""
    print("::", *check, flush=True)
    return subprocess.call([BIN / check[0], *check[1:]], cwd=ROOT) == 0


def heard(check: list[str]) -> tuple[int, str]:
    """Run a check beside something else; return its exit code, and what it said, to be shown later."""
    done = subprocess.run(
        [BIN / check[0], *check[1:]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
