"""The ticks, run as the scheduler runs them, with what they log."""

import asyncio
import shutil
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.matching.matcher import Matcher
from bot.domain.scheme import SupportScheme
from bot.files.knowledge import edition_of, read_knowledge
from bot.jobs import reread
from bot.paths import shipped
from bot.services.bot import Bot
from bot.services.library import Library, Reader
from bot.slack.blocks import render
from tests.builders import ScriptedMatcher, scheme


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("knowledge"), tmp_path / "knowledge"))


def reader_of(folder: Path) -> Reader:
    def load() -> tuple[SupportScheme, Matcher]:
        return read_knowledge(folder), ScriptedMatcher()

    library = Library(Bot(scheme(), ScriptedMatcher(), render))
    return Reader(library, partial(edition_of, folder), load, edition_of(folder))


async def logged_after(reader: Reader, file: Path, text: str) -> list[dict[str, object]]:
    await asyncio.to_thread(file.write_text, text, encoding="utf-8")
    with capture_logs() as logs:
        await reread(reader)
        await reread(reader)
    return [dict(line) for line in logs]


async def test_what_is_taken_up_is_logged_once(folder: Path) -> None:
    file = folder / "clinical.toml"
    (line,) = await logged_after(reader_of(folder), file, file.read_text(encoding="utf-8") + "# seen\n")
    assert (line["event"], line["topics"]) == ("knowledge_taken_up", 18)


async def test_what_is_refused_is_logged_with_file_key_and_remedy_and_without_its_words(folder: Path) -> None:
    wrong = '[phrases]\nen = ["a"]\nde = ["b"]\nfr = ["very private"]\n'
    (line,) = await logged_after(reader_of(folder), folder / "clinical.toml", wrong)
    assert (line["event"], line["log_level"]) == ("knowledge_refused", "error")
    assert (line["file"], line["key"]) == ("clinical.toml", "phrases.fr")
    assert "remove it" in str(line["remedy"])
    assert "very private" not in str(line)


async def test_a_tick_that_breaks_is_logged_and_stops_nothing(folder: Path) -> None:
    def breaks() -> tuple[SupportScheme, Matcher]:
        raise RuntimeError("out of memory")

    library = Library(Bot(scheme(), ScriptedMatcher(), render))
    reader = Reader(library, partial(edition_of, folder), breaks, frozenset())
    with capture_logs() as logs:
        await reread(reader)
    assert [(line["event"], line["tick"]) for line in logs] == [("tick_failed", "reread")]
