"""What editors accept somewhere else, taken up by a running bot; with what is really learned from it."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from bot.app.library import open_library
from bot.files.knowledge import KnowledgeError
from bot.jobs import reread
from bot.services import editors, learning
from bot.services.learning import Wish
from bot.services.library import Library, Reader, Refused, TakenUp
from bot.settings import Settings, load_settings
from bot.storage.database import Database
from bot.storage.tables import CompanyRow, LearnedPhraseRow, PersonRow, QuestionRow
from bot.storage.threads import Transactions
from tests.fakes import HandClock
from tests.knowledge import small_knowledge

ADMINS = frozenset({"ines@image.example"})
INES = "ines@image.example"
TOPIC, TEXT = "database-backup", "bring the flux compensator home"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one test has learned, the others need not learn again."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def settings(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("bot.app.matching.cache_folder", lambda: cache)
    folder = small_knowledge(tmp_path / "knowledge", (TOPIC, "activation"))
    return load_settings(knowledge_dir=folder, admins=ADMINS)


@pytest.fixture
def open_bot(database: Database, settings: Settings) -> Iterator[Callable[[], tuple[Library, Reader]]]:
    """What a replica does at its start; `database` is its own, with a thread of its own on SQLite."""
    transactions = Transactions(database)
    yield lambda: open_library(settings, transactions, HandClock())[:2]
    transactions.close()


@pytest.fixture
def elsewhere(database: Database) -> Iterator[Database]:
    """The same database as another process opens it, with an editor and a question that teaches something."""
    other = Database(database.url.render_as_string(hide_password=False))
    with other.transaction() as session:
        maker = CompanyRow(slug="image", name="Image", role="manufacturer")
        session.add(maker)
        session.flush()
        session.add(PersonRow(email=INES, name="Ines", company_id=maker.id))
        session.add(_picked(TEXT))
        session.flush()
        editors.appoint(session, HandClock(), INES, INES, ADMINS)
    yield other
    other.close()


def _picked(text: str, number: int = 1) -> QuestionRow:
    return QuestionRow(
        workspace_id="T1",
        channel_id="C1",
        message_ts=f"{number}.0",
        address="mention",
        language="en",
        text=text,
        reaction="pick",
        topic=TOPIC,
        asked_at=HandClock().now(),
        outcome="picked",
    )


def suggestion(database: Database) -> int:
    return database.run(lambda session: session.exec(select(QuestionRow.id)).one()) or 0


def accept(database: Database, library: Library) -> None:
    wish, scheme = Wish(suggestion(database), INES), library.bot.scheme
    database.run(lambda session: learning.accept(session, HandClock(), scheme, wish, ADMINS))


def take_back(database: Database, library: Library) -> None:
    key, scheme = suggestion(database), library.bot.scheme
    database.run(lambda session: learning.refuse(session, HandClock(), scheme, key, INES, ADMINS))


def best_phrase(library: Library) -> tuple[str, str]:
    found = library.bot.matcher.match(TEXT)
    return found.candidates[0].topic, found.phrase


def spoil(database: Database) -> None:
    """Give the accepted phrase a language, as a later version might write it, that is not known here."""
    with database.transaction() as session:
        session.exec(select(LearnedPhraseRow)).one().language = "fr"


def test_a_phrase_accepted_elsewhere_is_taken_up_once(
    open_bot: Callable[[], tuple[Library, Reader]], elsewhere: Database
) -> None:
    library, reader = open_bot()
    assert reader.look() is None
    assert best_phrase(library) != (TOPIC, TEXT)
    accept(elsewhere, library)
    assert isinstance(reader.look(), TakenUp)
    assert best_phrase(library) == (TOPIC, TEXT)
    assert reader.look() is None


def test_a_phrase_taken_back_elsewhere_is_unlearned(
    open_bot: Callable[[], tuple[Library, Reader]], elsewhere: Database
) -> None:
    accept(elsewhere, open_bot()[0])
    library, reader = open_bot()
    assert best_phrase(library) == (TOPIC, TEXT)
    take_back(elsewhere, library)
    assert isinstance(reader.look(), TakenUp)
    assert best_phrase(library) != (TOPIC, TEXT)


def test_a_refused_suggestion_is_no_change(
    open_bot: Callable[[], tuple[Library, Reader]], elsewhere: Database
) -> None:
    library, reader = open_bot()
    take_back(elsewhere, library)
    assert reader.look() is None


def test_a_phrase_that_cannot_be_learned_is_refused_with_the_reason_until_it_is_taken_back(
    open_bot: Callable[[], tuple[Library, Reader]], elsewhere: Database
) -> None:
    library, reader = open_bot()
    before = library.bot
    accept(elsewhere, library)
    spoil(elsewhere)
    with capture_logs() as logs:
        asyncio.run(reread(reader))
        asyncio.run(reread(reader))
    (line,) = logs
    assert (line["event"], line["file"]) == ("knowledge_refused", "database")
    assert f"signpost learn refuse {suggestion(elsewhere)}" in line["remedy"]
    assert TEXT not in str(line)
    assert library.bot is before
    take_back(elsewhere, library)
    assert isinstance(reader.look(), TakenUp)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"language": "fr"}, "language = fr: this version knows en, de only"),
        ({"text": "?!"}, "text: no word is left of it"),
        ({"text": "word " * 61}, "text = 305 characters: 300 are the limit"),
    ],
)
def test_a_bot_does_not_start_with_a_phrase_that_cannot_be_learned(
    open_bot: Callable[[], tuple[Library, Reader]],
    database: Database,
    change: dict[str, str],
    fault: str,
) -> None:
    phrase = {"topic": TOPIC, "language": "en", "text": TEXT, **change}
    row = LearnedPhraseRow.model_validate({**phrase, "accepted_at": HandClock().now()})
    database.run(lambda session: session.add(row))
    with pytest.raises(KnowledgeError) as caught:
        open_bot()
    assert fault in str(caught.value)


def test_a_faulty_file_beside_a_new_phrase_keeps_both_out(
    open_bot: Callable[[], tuple[Library, Reader]], elsewhere: Database, settings: Settings
) -> None:
    library, reader = open_bot()
    accept(elsewhere, library)
    file = settings.knowledge_dir / "topics" / f"{TOPIC}.toml"
    whole = file.read_text(encoding="utf-8")
    file.write_text("half [", encoding="utf-8")
    assert isinstance(reader.look(), Refused)
    assert best_phrase(library) != (TOPIC, TEXT)
    file.write_text(whole, encoding="utf-8")
    assert isinstance(reader.look(), TakenUp)
    assert best_phrase(library) == (TOPIC, TEXT)
