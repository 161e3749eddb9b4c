"""The parts that every command needs. Nothing here knows Slack, so that the terminal answers quickly."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session

from bot.domain.learning import LearnedPhrase, with_learned
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.meaning import Meaning
from bot.domain.scheme import SupportScheme
from bot.files.compiled import load_words
from bot.files.knowledge import read_knowledge
from bot.files.meaning import Meanings
from bot.paths import COMPILED, cache_folder, shipped
from bot.services import learning
from bot.settings import Settings, load_settings
from bot.storage.database import Database
from bot.storage.queries import directory
from bot.storage.revision import is_upgraded
from bot.storage.tables import metadata


def open_database(settings: Settings | None = None) -> Database:
    """Open the database and bring it to this version's schema; the folder of a SQLite file is made."""
    database = Database((settings or load_settings()).database_url)
    database.make_folder()
    if not is_upgraded(database):
        from bot.storage.schema import upgrade  # noqa: PLC0415 - Alembic is slow to import and rarely needed

        upgrade(database)
    return database


@contextmanager
def open_existing(settings: Settings) -> Iterator[Database | None]:
    """Open the database as `open_database` does; `None` where there is none, which is not made for this."""
    if not _has_database(settings):
        yield None
        return
    with closing(open_database(settings)) as database:
        yield database


class MeaningComes(StrEnum):
    """When the matcher's stage of meaning is there. Until then, words decide alone.

    `BEHIND`: soon, loaded or compiled by a thread of its own. `IF_STORED`: with the first message that
    needs it, if it was compiled before. `NEEDED`: with that message, however long compiling takes.
    """

    BEHIND = "behind"
    IF_STORED = "if-stored"
    NEEDED = "needed"


def load_knowledge(
    settings: Settings, meaning_comes: MeaningComes = MeaningComes.BEHIND, *, learned: bool = True
) -> tuple[SupportScheme, Matcher]:
    """Read the support scheme, with the phrases that editors accepted, and make its matcher.

    Without `learned` it is the files alone. Raises `KnowledgeError` with every fault.
    """
    if not learned:
        return knowledge_with(settings, (), meaning_comes)
    with open_existing(settings) as database:
        return knowledge_with(settings, accepted_phrases(database), meaning_comes)


def knowledge_with(
    settings: Settings,
    learned: tuple[LearnedPhrase, ...],
    meaning_comes: MeaningComes = MeaningComes.BEHIND,
) -> tuple[SupportScheme, Matcher]:
    """Read the support scheme, put `learned` behind it, and make its matcher. Raises `KnowledgeError`."""
    scheme = with_learned(read_knowledge(settings.knowledge_dir), learned)
    words = load_words(scheme, cache_folder(), shipped(COMPILED))
    if not settings.use_meaning:
        return scheme, Matcher(scheme, words)
    meanings = Meanings(scheme, words, cache_folder(), ready_made=shipped(COMPILED))
    if meaning_comes is MeaningComes.BEHIND:
        meanings.begin()
    suppliers: dict[MeaningComes, Callable[[], Meaning | None]] = {
        MeaningComes.BEHIND: meanings,
        MeaningComes.IF_STORED: meanings.if_stored,
        MeaningComes.NEEDED: meanings.prepare,
    }
    return scheme, Matcher(scheme, words, meaning=suppliers[meaning_comes])


def accepted_phrases(database: Database | None) -> tuple[LearnedPhrase, ...]:
    """Return what editors accepted; nothing where there is no database. Raises `KnowledgeError`."""
    return database.run(learning.accepted) if database is not None else ()


@contextmanager
def directory_in(database: Database | None) -> Iterator[tuple[Database, bool]]:
    """Give where the directory is, and whether it is the sample: that stands in until one is imported."""
    if database is not None and database.run(has_directory):
        yield database, False
        return
    from bot.services.sample import load_sample  # noqa: PLC0415 - only where nothing was imported

    with closing(Database("sqlite://")) as sample:
        metadata.create_all(sample.engine)
        sample.run(load_sample)
        yield sample, True


def _has_database(settings: Settings) -> bool:
    database = Database(settings.database_url)
    return not database.is_sqlite or Path(database.url.database or "").exists()


def has_directory(session: Session) -> bool:
    """Say whether companies have been imported."""
    return not directory.is_empty(session)
