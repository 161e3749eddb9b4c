"""The support scheme is edited while people ask."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.app.trial import Trial, open_trial
from bot.paths import shipped
from bot.playground import LocalSlack
from tests.scenarios.conftest import serving

BOT = "@Signpost"
QUESTION = "the second PC cannot find the database server"
TOPIC = "topics/server-client-connection.toml"
ANSWER = "Your vendor"
"""How the answer of this topic begins. It is no phrase, so that a change has nothing to be learned from."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("knowledge"), tmp_path / "knowledge"))


@pytest.fixture
async def edited(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Trial]:
    """A bot that knows what stands in `folder`, and looks there often."""
    monkeypatch.setattr("bot.jobs.KNOWLEDGE_SECONDS", 0.05)
    async with open_trial(tmp_path) as trial:
        known = replace(trial, settings=trial.settings.model_copy(update={"knowledge_dir": folder}))
        async with serving(known):
            yield known


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / TOPIC
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


async def answered_with(slack: LocalSlack, part: str, seconds: float = 15) -> str:
    """Ask again and again until the answer contains `part`; return that answer."""
    anna = slack.person("anna")
    async with asyncio.timeout(seconds):
        while True:
            answer = await anna.sees_answer(await anna.says(QUESTION, in_=BOT))
            if part in answer.text:
                return answer.text


async def test_an_edit_shows_in_the_next_answers_without_a_restart(edited: Trial, folder: Path) -> None:
    assert "A good colleague" not in await answered_with(edited.slack, "Server-client connection")
    edit(folder, ANSWER, "A good colleague")
    await answered_with(edited.slack, "A good colleague")


async def test_an_edit_with_a_fault_changes_no_answer_until_it_is_mended(edited: Trial, folder: Path) -> None:
    with capture_logs() as logs:
        edit(folder, "[answer]", "[anser]")
        async with asyncio.timeout(10):
            while not any(line["event"] == "knowledge_refused" for line in logs):  # noqa: ASYNC110 - a log tells nobody that it grew
                await asyncio.sleep(0.02)
    assert {(line["file"], line["key"]) for line in logs} == {(TOPIC, "answer"), (TOPIC, "anser")}
    await answered_with(edited.slack, "Server-client connection")
    edit(folder, "[anser]", "[answer]")
    edit(folder, ANSWER, "A mended colleague")
    await answered_with(edited.slack, "A mended colleague")
