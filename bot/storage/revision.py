"""Whether a schema is this version's, told without Alembic: to import it takes a tenth of a start."""

from pathlib import Path

from sqlalchemy import inspect, text

from bot.storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
_STANDS_AT = text("SELECT version_num FROM alembic_version")


def is_upgraded(database: Database) -> bool:
    """Say whether there is nothing to upgrade; of a database that is ahead of this version, that there is."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(_STANDS_AT).scalars().all() == [newest()]


def newest() -> str:
    """Return the revision of the newest migration: its file's name begins with it."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
