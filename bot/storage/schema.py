"""The schema's version: upgrading it, and saying where it stands."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from msgspec import Struct
from sqlalchemy import Connection, text

from bot.storage.database import Database
from bot.storage.revision import MIGRATIONS

UPGRADE_LOCK = 7_446_705
"""The advisory lock under which replicas on PostgreSQL upgrade, one after the other."""


class SchemaTooNew(Exception):  # noqa: N818 - it names the state that was found
    """The database was written by a newer Signpost."""


class Upgraded(Struct, frozen=True):
    """From which revision to which; `before` is `None` where there was nothing yet."""

    before: str | None
    after: str


def upgrade(database: Database) -> Upgraded:
    """Bring the schema to this version's. Of several processes at once the others wait, and find it done.

    Raises `SchemaTooNew` when the database is ahead of this version.
    """
    with _exclusive(database) as connection:
        before = _refuse_newer(connection)
        command.upgrade(_config(connection), "head")
        if database.is_sqlite:
            _check_foreign_keys(connection)
    return Upgraded(before, newest_revision())


def current_revision(database: Database) -> str | None:
    """Return the revision the database stands at, `None` for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """Return the revision this version of Signpost wants."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def known_revisions() -> tuple[str, ...]:
    """Return every revision that this version of Signpost can upgrade from, the oldest first."""
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return tuple(script.revision for script in scripts)[::-1]


@contextmanager
def _exclusive(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
                yield connection
            return
        # Foreign keys must be off before the transaction begins: recreating a parent table would delete
        # the children's rows. The pragma is ignored inside a transaction.
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - a fresh connection has one
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _refuse_newer(connection: Connection) -> str | None:
    """Return the revision it stands at."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and revision not in known_revisions():
        raise SchemaTooNew(
            f"The database stands at schema {revision}, which this version does not know. "
            "Install the newer Signpost that wrote it, or restore a backup."
        )
    return revision


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise RuntimeError(f"A migration broke a foreign key of table {broken[0]}; it was rolled back.")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
