"""Copying a SQLite database while the bot writes to it, and knowing that the copy is whole."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from bot.storage.schema import known_revisions

PAGES_AT_ONCE = 1000
SIDECARS = ("-wal", "-shm", "-journal")
"""What SQLite lays beside a database file while it is open."""

Watch = Callable[[int, int], None]
"""Called after every `PAGES_AT_ONCE` pages with how many are done, and how many there are."""


class CopyError(Exception):
    """A copy that cannot be made or used; the sentence says why and what helps."""


class Copy(Struct, frozen=True):
    """A database file that was found whole, and the revision of its schema."""

    path: Path
    revision: str
    size_bytes: int


def no_watch(_done: int, _total: int) -> None:
    """Watch nothing."""


def back_up(source: Path, target: Path, *, overwrite: bool = False, watch: Watch = no_watch) -> Copy:
    """Copy the database at one moment to a new file that only its owner can read, and check the copy.

    Whoever writes meanwhile is not held up. The file gets its name once it is whole and checked, so there is
    never half a copy under that name. Raises `CopyError`, also for a file that is there already.
    """
    if target.exists() and not overwrite:
        raise CopyError(f"{target} is there already: name another file, or write over it with --force.")
    if source.resolve() == target.resolve():
        raise CopyError(f"{target} is the database itself: name another file.")
    with part_of(target, overwrite=overwrite) as part:
        copy_into(source, part, watch)
        found = examine(part)
        _settle(part, target, overwrite=overwrite)
    return Copy(target, found.revision, found.size_bytes)


@contextmanager
def part_of(target: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Give a new, empty file beside `target` that only its owner can read; what is left of it is removed."""
    part = target.with_name(f"{target.name}.part")
    if overwrite:
        remove(part)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise CopyError(
            f"{part} is there: another copy is being made, or one was interrupted. Remove it, or use --force."
        ) from None
    except OSError as error:
        raise CopyError(f"{part}: {error.strerror or error}.") from None
    try:
        yield part
    finally:
        remove(part)


def copy_into(source: Path, part: Path, watch: Watch = no_watch) -> None:
    """Copy a database as it stands now into an empty file, as one file without sidecars."""
    with _told(f"{source} could not be copied to {part}"):
        with closing(_open(source, "rw")) as reading, closing(_open(part, "rw")) as writing:
            # Whoever reads sees one moment until the end. Without this, every write meanwhile would make
            # SQLite begin the copy anew, and a busy bot's would never end: https://sqlite.org/backup.html
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
            reading.backup(
                writing, pages=PAGES_AT_ONCE, progress=lambda _, left, total: watch(total - left, total)
            )
            writing.execute("PRAGMA journal_mode = DELETE")
        _make_durable(part)


def examine(path: Path) -> Copy:
    """Look whether a file is a whole database of Signpost's, of a revision that this version knows.

    Raises `CopyError`.
    """
    if not path.is_file():
        raise CopyError(f"{path}: there is no such file.")
    with _told(f"{path} is no database, or it is damaged"), closing(_open(path, "ro")) as connection:
        faults = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
        if faults != ["ok"]:
            raise CopyError(f"{path} is damaged: {'; '.join(faults)}.")
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise CopyError(f"{path} is damaged: rows point to others that are not there.")
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"alembic_version", "inbox", "outbox"} <= tables:
            raise CopyError(f"{path} is no database of Signpost's.")
        revision = str((connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",))[0])
    if revision not in known_revisions():
        raise CopyError(
            f"{path} stands at schema {revision or '?'}, which this version does not know: "
            "install the newer Signpost that wrote it."
        )
    return Copy(path, revision, path.stat().st_size)


def remove(path: Path) -> None:
    """Remove a database file, if it is there, with what SQLite laid beside it."""
    for suffix in ("", *SIDECARS):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=20
    )


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise CopyError(f"{what}: {error}.") from None


def _make_durable(path: Path) -> None:
    """Wait until the disk has it."""
    # Where a folder cannot be opened (Windows), the system sees to its entries itself.
    for one in (path, path.parent):
        with suppress(PermissionError):
            descriptor = os.open(one, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _settle(part: Path, target: Path, *, overwrite: bool) -> None:
    """Give the copy its name, over nobody else's file."""
    try:
        if overwrite:
            part.replace(target)
        else:
            os.link(part, target)
    except FileExistsError:
        raise CopyError(f"{target} was made by somebody else meanwhile: name another file.") from None
    except OSError:
        # A file system without links; that nobody made the file meanwhile can only be looked up.
        if target.exists():
            raise CopyError(f"{target} was made by somebody else meanwhile: name another file.") from None
        part.replace(target)
    _make_durable(target)
