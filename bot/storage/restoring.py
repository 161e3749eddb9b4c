"""Putting a backup in the place of a SQLite database."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.copies import SIDECARS, Copy, CopyError, Watch, copy_into, examine, no_watch, part_of
from bot.storage.database import Database
from bot.storage.schema import Upgraded, upgrade

SHARED_LOCK = (0x40000002, 510)
"""The bytes that every open connection to a database in WAL mode has locked: https://sqlite.org/src/file/src/os.h"""


class Restored(Struct, frozen=True):
    """What was put in place, how its schema was upgraded, and where the database lies that it replaced."""

    copy: Copy
    upgraded: Upgraded
    replaced: Path | None


def restore(file: Path, target: Path, now: datetime, *, watch: Watch = no_watch) -> Restored:
    """Put a copy of `file`, upgraded, in the place of the database `target`, which is kept beside it.

    Until the last step, which is one renaming, the database is as it was. Raises `CopyError` when the file is
    not a whole database of Signpost's that this version knows, or somebody has the database open.
    """
    found = examine(file)
    with alone(target):
        pass  # Whoever has it open is told before the long part.
    with part_of(target, overwrite=True) as part:
        copy_into(file, part, watch)
        upgraded = _upgraded(part)
        examine(part)
        with alone(target):
            _belong_alike(part, target)
            replaced = _keep(target, now)
            part.replace(target)
    return Restored(found, upgraded, replaced)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a database that nobody else has open, so that nobody can begin to. Raises `CopyError`."""
    if not path.exists():
        yield
        return
    # What is still in the write-ahead log goes into the file. A damaged file is kept as it is.
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("rb+") as stream:
        if not _lock(stream.fileno()):
            raise CopyError(
                f"{path} is open in another process: stop the bot (and every other signpost command) first."
            )
        yield


def _lock(descriptor: int) -> bool:
    """Lock what every connection needs; return whether nobody has it."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows, where an open file cannot be renamed anyway
    except ImportError:
        return True
    first, length = SHARED_LOCK
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, length, first)
    except OSError:
        return False
    return True


def _upgraded(part: Path) -> Upgraded:
    database = Database(f"sqlite:///{part}")
    try:
        return upgrade(database)
    except SQLAlchemyError as error:
        raise CopyError(f"The copy could not be upgraded: {str(error).splitlines()[0]}.") from None
    finally:
        database.close()


def _belong_alike(part: Path, target: Path) -> None:
    """Let the bot open what an administrator restored, as it could open what was there."""
    if target.exists():
        before = target.stat()
        part.chmod(before.st_mode & 0o777)
        with suppress(PermissionError, AttributeError):  # Windows has no owners of this kind.
            os.chown(part, before.st_uid, before.st_gid)


def _keep(target: Path, now: datetime) -> Path | None:
    """Give what is replaced a second, dated name; return it."""
    if not target.exists():
        return None
    dated = target.with_name(f"{target.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    try:
        dated.hardlink_to(target)
        moved = True
    except FileExistsError:
        raise CopyError(f"{dated} is there already: try again in a moment.") from None
    except OSError:
        moved = False  # A file system without links.
    # A log that belongs to the old file would be played into the new one.
    for suffix in SIDECARS:
        beside = target.with_name(target.name + suffix)
        if beside.exists():
            beside.replace(dated.with_name(dated.name + suffix))
    if not moved:
        target.replace(dated)
    return dated
