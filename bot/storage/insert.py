"""Inserting a row unless its unique key is taken, on both engines."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Executable
from sqlalchemy.dialects import sqlite
from sqlmodel import Session

from bot.storage.core import changes, execute_many
from bot.storage.tables import Table, table_of

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def insert_once(session: Session, table: type[Table], values: dict[str, Any]) -> bool:
    """Insert a row of `values`; return `False`, and change nothing, when a unique key is taken already."""
    return changes(session, _insert_once(dialect_of(session), table), values)


def insert_all_once(session: Session, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows in their order, but for those of which a unique key is taken already."""
    execute_many(session, _insert_once(dialect_of(session), table), rows)


def insert_each_once(session: Session, table: type[Table], rows: Sequence[dict[str, Any]]) -> list[bool]:
    """Insert rows by their unique `key`; return of each whether it is new."""
    inserting = _insert_telling_keys(dialect_of(session), table)
    new = {row.key for row in execute_many(session, inserting, rows)}
    first = {row["key"]: place for place, row in reversed(list(enumerate(rows)))}
    return [row["key"] in new and first[row["key"]] == place for place, row in enumerate(rows)]


def dialect_of(session: Session) -> str:
    """Return which engine's words to use: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def insert_into(dialect: str, table: type[Table]) -> "sqlite.Insert | postgresql.Insert":
    """Return an insertion that can say what to do when a key is taken, which each engine says its own way."""
    into = table_of(table)
    if dialect == "sqlite":
        return sqlite.Insert(into)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - slow to import, and nothing to SQLite

    return postgresql.Insert(into)


@cache
def _insert_once(dialect: str, table: type[Table]) -> "sqlite.Insert | postgresql.Insert":
    return insert_into(dialect, table).on_conflict_do_nothing()


@cache
def _insert_telling_keys(dialect: str, table: type[Table]) -> Executable:
    return _insert_once(dialect, table).returning(table_of(table).c.key)
