"""The parts that every command needs. Nothing here knows Slack, so that the terminal answers quickly."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from bot.app.matching import MeaningComes, matcher_of
from bot.domain.learning import LearnedPhrase, with_learned
from bot.domain.scheme import SupportScheme
from bot.files.knowledge import read_knowledge
from bot.services import learning
from bot.settings import Settings, load_settings
from bot.storage.database import Database
from bot.storage.queries import directory
from bot.storage.revision import is_upgraded
from bot.storage.tables import metadata

if TYPE_CHECKING:
    from bot.domain.matching.matcher import Matcher


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


def load_knowledge(
    settings: Settings, meaning_comes: MeaningComes = MeaningComes.BEHIND, *, learned: bool = True
) -> tuple[SupportScheme, "Matcher"]:
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
) -> tuple[SupportScheme, "Matcher"]:
    """Read the support scheme, put `learned` behind it, and make its matcher. Raises `KnowledgeError`."""
    scheme = scheme_with(settings, learned)
    return scheme, matcher_of(settings, scheme, meaning_comes)


def scheme_with(settings: Settings, learned: tuple[LearnedPhrase, ...]) -> SupportScheme:
    """Read the support scheme and put `learned` behind it. Raises `KnowledgeError`."""
    return with_learned(read_knowledge(settings.knowledge_dir), learned)


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
