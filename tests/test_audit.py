"""The audit of what is locked: silence of the advisory service is no good news."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module
    spec.loader.exec_module(module)
    return module


def said(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


CLEAN = {"name": "rapidfuzz", "version": "3.14", "vulns": []}
SKIPPED = {"name": "aiohttp", "skip_reason": "Dependency not found on PyPI and could not be audited"}
HOLE = {"id": "PYSEC-1", "fix_versions": ["3.15"], "description": "bad"}
OPEN = {"name": "jinja2", "version": "3.1", "vulns": [HOLE, {"id": "PYSEC-2", "fix_versions": []}]}


@pytest.mark.parametrize(
    ("output", "errors", "code", "words"),
    [
        (said(CLEAN), "", 0, "1 packages audited: nothing is known"),
        (said(CLEAN, OPEN), "", 1, "jinja2 3.1: PYSEC-1, mended in 3.15"),
        (said(SKIPPED, OPEN), "", 1, "jinja2 3.1: PYSEC-2, not mended yet"),
        (said(SKIPPED), "No known vulnerabilities found", 3, "NOT AUDITED: 1 of 1 packages"),
        (said(SKIPPED, CLEAN), "", 3, "NOT AUDITED: 1 of 2 packages"),
        (said(), "", 3, "NOT AUDITED"),
        ("", "Traceback\nConnectionError: no route", 3, "did not get through: ConnectionError"),
        ("[]", "", 3, "NOT AUDITED"),
        ("", "", 3, "it said nothing"),
    ],
)
def test_only_what_was_looked_up_counts_as_audited(
    audit: ModuleType, output: str, errors: str, code: int, words: str
) -> None:
    verdict = audit.judge(output, errors)
    assert verdict.code == code
    assert words in "\n".join(verdict.lines)


def test_the_installed_pip_audit_reads_the_lock_with_these_options(audit: ModuleType) -> None:
    """Wherever the advisory service is not reached, that is all that can be tried."""
    locked = [line for line in audit.LOCK.read_text().splitlines() if "==" in line and line[0].isalnum()]
    everywhere = [line for line in locked if ";" not in line]
    options = ["--disable-pip", "--require-hashes", "--dry-run", "--progress-spinner", "off"]
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--requirement", audit.LOCK, *options],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"would have audited (\d+) packages", done.stderr)
    assert found is not None
    assert len(everywhere) <= int(found[1]) <= len(locked)
