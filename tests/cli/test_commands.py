"""The command as people meet it, with nothing set: as a process, or in this one where that shows as much."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import Struct

from bot.cli import main


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    ours = {"XDG_DATA_HOME": str(tmp_path / "data"), "USE_MEANING": "false"}
    return {**kept, **ours, "PYTHONUTF8": "1", "COLUMNS": "100"}


def signpost(
    environment: dict[str, str], *arguments: str, cwd: Path, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Said(Struct, frozen=True):
    """What a command wrote, and its exit code."""

    code: int
    stdout: str
    stderr: str


Command = Callable[..., Said]


@pytest.fixture
def command(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Run the command line here, with nothing set but what is told."""

    def run(*arguments: str, **more: str) -> Said:
        with monkeypatch.context() as patch:
            for name in set(os.environ) - set(environment):
                patch.delenv(name)
            for name, value in {**environment, **more}.items():
                patch.setenv(name, value)
            patch.chdir(tmp_path)
            patch.setattr(sys, "argv", ["signpost", *arguments])
            with pytest.raises(SystemExit) as end:
                main()
        said = capsys.readouterr()
        return Said(int(end.value.code or 0), said.out, said.err)

    return run


def test_a_question_in_the_terminal_needs_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    done = signpost(environment, "ask", "datenbank von gestern zurückspielen?", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for part in (
        "Datenbank-Wiederherstellung",
        "Level 1",
        "Image Instruments",
        "support@image-instruments.example",
        "Nächster Schritt",
        "ähnelt",
        "Revision 1714023373",
        "Beispielfirmen",
    ):
        assert part in done.stdout


def test_a_practice_may_be_named_and_must_exist(command: Command) -> None:
    question = "the second PC cannot find the server"
    named = command("ask", question, "--practice", "Smile Orthodontics Manchester")
    assert "Castle Dental Supplies" in named.stdout
    unknown = command("ask", question, "--practice", "smile")
    assert "no practice of exactly the name" in unknown.stdout


def test_messages_are_classified_line_by_line(environment: dict[str, str], tmp_path: Path) -> None:
    lines = '{"text": "restore yesterday\'s database backup"}\n\n{"text": "lunch?"}\n'
    done = signpost(environment, "classify", cwd=tmp_path, stdin=lines)
    restore, lunch = (json.loads(line) for line in done.stdout.splitlines())
    assert restore["decision"] == "answer"
    assert restore["topic"] == "database-restore"
    assert restore["provider"] == "manufacturer"
    assert restore["candidates"][0]["topic"] == "database-restore"
    assert lunch["decision"] == "silent"
    assert lunch["topic"] is None
    assert lunch["provider"] is None


def test_compiling_ahead_says_what_is_ready(command: Command) -> None:
    done = command("compile")
    assert "Words: ready" in done.stdout
    assert "USE_MEANING" in done.stdout


def test_a_line_that_is_no_message_is_refused_with_its_number(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = signpost(environment, "classify", cwd=tmp_path, stdin='{"text": "hello"}\n["no"]\n')
    assert done.returncode == 1
    assert "standard input:2:" in done.stderr
    assert "Traceback" not in done.stderr


def test_serving_without_tokens_says_where_to_get_both(environment: dict[str, str], tmp_path: Path) -> None:
    done = signpost(environment, "serve", cwd=tmp_path)
    assert done.returncode == 1
    assert "SLACK_BOT_TOKEN is not set" in done.stderr
    assert "SLACK_APP_TOKEN is not set" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_token_is_refused_without_being_shown(environment: dict[str, str], tmp_path: Path) -> None:
    done = signpost({**environment, "SLACK_BOT_TOKEN": "xoxp-this-is-secret"}, "serve", cwd=tmp_path)
    assert done.returncode == 1
    assert "SLACK_BOT_TOKEN" in done.stderr
    assert "xoxb-" in done.stderr
    assert "this-is-secret" not in done.stderr


def test_the_check_lists_every_fault_of_the_knowledge(command: Command, tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    (tmp_path / "scheme.toml").write_text("topics = []\n", encoding="utf-8")
    (tmp_path / "topics" / "a.toml").write_text("level = 'x'\n", encoding="utf-8")
    done = command("check", "--offline", KNOWLEDGE_DIR=str(tmp_path))
    assert done.code == 1
    assert done.stdout.count("✗ Knowledge") > 3
    assert "scheme.toml: source" in done.stdout


def test_the_check_says_what_is_missing_for_slack(command: Command) -> None:
    done = command("check")
    assert done.code == 1
    for part in (
        "SLACK_BOT_TOKEN is not set",
        "SLACK_APP_TOKEN is not set",
        "Admins: Nobody is named",
        "✓ Knowledge",
    ):
        assert part in done.stdout


def test_the_manifest_has_the_commands_that_are_set(command: Command) -> None:
    named = {"SUPPORT_COMMAND": "/onyx", "RENEWALS_COMMAND": "/onyx-due", "ESCALATE_COMMAND": "/onyx-up"}
    done = command("manifest", **named)
    commands = json.loads(done.stdout)["features"]["slash_commands"]
    assert [command["command"] for command in commands] == ["/onyx", "/onyx-due", "/onyx-up"]


def test_trying_it_opens_a_page_and_stops_cleanly_on_sigterm(
    environment: dict[str, str], tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", "try", "--no-browser"],
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = next(line.split()[-1] for line in process.stdout if "is open at" in line)
        with urllib.request.urlopen(address, timeout=10) as page:  # noqa: S310 - our own page on this machine
            assert "support" in page.read().decode()
        process.send_signal(signal.SIGTERM)
        said, log = process.communicate(timeout=20)
        assert process.returncode == 0, log
        assert not log
        assert "Stopped." in said
    finally:
        process.kill()
        process.communicate()
