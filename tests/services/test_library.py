"""Edits of the knowledge's files while the bot runs, with real files and what is really learned from them."""

import shutil
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.matching.matcher import Matcher
from bot.domain.scheme import SupportScheme
from bot.files.compiled import load_words
from bot.files.knowledge import edition_of, read_knowledge
from bot.paths import shipped
from bot.services.bot import Bot
from bot.services.library import Library, Reader, Refused, TakenUp
from bot.slack.blocks import render
from tests.knowledge import small_knowledge

TOPICS = ("database-backup", "activation")
SCHEME, BACKUP, VAT = "scheme.toml", "topics/database-backup.toml", "vat.toml"
NEW_PHRASE = "the flux compensator hums"
Load = Callable[[], tuple[SupportScheme, Matcher]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_knowledge(tmp_path / "knowledge", TOPICS)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one test has learned, the others need not learn again."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def load(folder: Path, cache: Path) -> Load:
    def read() -> tuple[SupportScheme, Matcher]:
        scheme = read_knowledge(folder)
        return scheme, Matcher(scheme, load_words(scheme, cache))

    return read


@pytest.fixture
def library(load: Load) -> Library:
    return Library(Bot(*load(), render))


@pytest.fixture
def reader(library: Library, folder: Path, load: Load) -> Reader:
    return Reader(library, partial(edition_of, folder), load, edition_of(folder))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def title(library: Library) -> str:
    return library.bot.scheme.topic("database-backup").title.en


rename = partial(edit, file=BACKUP, old='en = "Database backup"', new='en = "Safe copies"')


def test_while_nothing_changes_nothing_is_read(library: Library, folder: Path) -> None:
    def never() -> tuple[SupportScheme, Matcher]:
        raise AssertionError("read without need")

    before = library.bot
    assert Reader(library, partial(edition_of, folder), never, edition_of(folder)).look() is None
    assert library.bot is before


def test_an_edit_is_taken_up_once(library: Library, reader: Reader, folder: Path) -> None:
    rename(folder)
    outcome = reader.look()
    assert isinstance(outcome, TakenUp)
    assert outcome.scheme is library.bot.scheme
    assert title(library) == "Safe copies"
    assert reader.look() is None


def test_a_new_vat_rate_is_taken_up_and_nothing_is_learned_anew(
    library: Library, folder: Path, cache: Path, load: Load
) -> None:
    shutil.copy(shipped("knowledge") / VAT, folder)
    reader = Reader(library, partial(edition_of, folder), load, edition_of(folder))
    learned = {file.name: file.stat().st_mtime_ns for file in cache.iterdir()}
    edit(folder, VAT, "since = 2021-01-01, percent = 19 },", "since = 2021-01-01, percent = 20 },")
    assert isinstance(reader.look(), TakenUp)
    assert library.bot.scheme.vat.rate("DE", date(2026, 1, 1)) == 2000
    edit(folder, VAT, "percent = 20 },\n]\nDK", "percent = -1 },\n]\nDK")
    refused = reader.look()
    assert isinstance(refused, Refused)
    assert [(fault.file, fault.key) for fault in refused.faults] == [(VAT, "rates.DE.2.percent")]
    assert library.bot.scheme.vat.rate("DE", date(2026, 1, 1)) == 2000
    assert {file.name: file.stat().st_mtime_ns for file in cache.iterdir()} == learned


def test_a_new_phrase_is_learned(library: Library, reader: Reader, folder: Path) -> None:
    assert library.bot.matcher.match(NEW_PHRASE).phrase != NEW_PHRASE
    edit(folder, BACKUP, "en = [\n", f'en = [\n  "{NEW_PHRASE}",\n')
    assert isinstance(reader.look(), TakenUp)
    found = library.bot.matcher.match(NEW_PHRASE)
    assert (found.topic, found.phrase) == ("database-backup", NEW_PHRASE)


def test_whoever_took_the_bot_before_keeps_its_knowledge(
    library: Library, reader: Reader, folder: Path
) -> None:
    taken = library.bot
    (folder / BACKUP).unlink()
    edit(folder, SCHEME, "'database-backup', ", "")
    assert isinstance(reader.look(), TakenUp)
    assert not library.bot.scheme.has_topic("database-backup")
    best = taken.matcher.match("how do I back up the database").candidates[0]
    assert taken.scheme.has_topic(best.topic)
    assert taken.render is library.bot.render
    assert taken.clock is library.bot.clock


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "remedy"),
    [
        (BACKUP, "[title]", "[titel]", "title", "add it"),
        (BACKUP, 'provider = "distributor"', 'provider = "manufacturer"', "provider", "correct the level"),
        (BACKUP, "[title]", "[title", "", "no valid TOML"),
        (SCHEME, "'activation'", "'activations'", "", "missing"),
    ],
)
def test_an_edit_with_a_fault_is_refused_once_with_file_key_and_remedy(  # noqa: PLR0917 - a case and fixtures
    library: Library, reader: Reader, folder: Path, file: str, old: str, new: str, key: str, remedy: str
) -> None:
    before = library.bot
    edit(folder, file, old, new)
    outcome = reader.look()
    assert isinstance(outcome, Refused)
    assert any(fault.key == key and remedy in fault.remedy for fault in outcome.faults)
    assert all(fault.file.endswith(".toml") for fault in outcome.faults)
    assert library.bot is before
    assert reader.look() is None


def test_what_was_refused_is_taken_up_when_it_is_mended(
    library: Library, reader: Reader, folder: Path
) -> None:
    edit(folder, BACKUP, "[title]", "[titel]")
    assert isinstance(reader.look(), Refused)
    edit(folder, BACKUP, "[titel]", "[title]")
    rename(folder)
    assert isinstance(reader.look(), TakenUp)
    assert title(library) == "Safe copies"


def test_a_folder_that_is_gone_is_refused_and_the_old_knowledge_stays(
    library: Library, reader: Reader, folder: Path
) -> None:
    shutil.rmtree(folder)
    assert isinstance(reader.look(), Refused)
    assert title(library) == "Database backup"


def test_a_file_that_cannot_be_read_is_refused_by_name(reader: Reader, folder: Path) -> None:
    (folder / BACKUP).unlink()
    (folder / BACKUP).mkdir()
    outcome = reader.look()
    assert isinstance(outcome, Refused)
    assert "database-backup.toml" in str(outcome.faults[0])


def test_a_database_that_fails_is_asked_again(library: Library, folder: Path, load: Load) -> None:
    failures = [OperationalError("SELECT", {}, Exception("no connection"))]

    def load_when_it_answers() -> tuple[SupportScheme, Matcher]:
        if failures:
            raise failures.pop()
        return load()

    reader = Reader(library, partial(edition_of, folder), load_when_it_answers, edition_of(folder))
    rename(folder)
    with pytest.raises(OperationalError):
        reader.look()
    assert title(library) == "Database backup"
    assert isinstance(reader.look(), TakenUp)
    assert title(library) == "Safe copies"


def test_what_changes_while_it_is_read_is_left_for_the_next_look(
    library: Library, folder: Path, load: Load
) -> None:
    edition = edition_of(folder)
    edits = [partial(rename, folder, new='en = "Half of the edit, and longer"')]

    def load_beside_an_editor() -> tuple[SupportScheme, Matcher]:
        loaded = load()
        for change in edits:
            change(old='en = "Half"')
        edits.clear()
        return loaded

    rename(folder, new='en = "Half"')
    reader = Reader(library, partial(edition_of, folder), load_beside_an_editor, edition)
    assert reader.look() is None
    assert title(library) == "Database backup"
    assert isinstance(reader.look(), TakenUp)
    assert title(library) == "Half of the edit, and longer"


def test_an_editor_s_other_files_are_no_edit(reader: Reader, folder: Path) -> None:
    (folder / "topics" / ".database-backup.toml.swp").write_text("half")
    (folder / "scheme.toml~").write_text("old")
    assert reader.look() is None


def test_an_edit_of_the_same_length_is_noticed(reader: Reader, folder: Path) -> None:
    edit(folder, BACKUP, 'en = "Database backup"', 'en = "Database backuP"')
    assert isinstance(reader.look(), TakenUp)
