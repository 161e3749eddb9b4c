"""Inserting a row unless its unique key is taken, on both engines."""

from typing import Any

from sqlalchemy import literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.storage.tables import Table


def insert_once(session: Session, table: type[Table], values: dict[str, Any]) -> bool:
    """Insert a row of `values`; return `False`, and change nothing, when a unique key is taken already."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing()
    # What comes back tells more surely than a count of rows, which PostgreSQL's driver does not always give.
    return session.execute(statement.returning(literal(1))).first() is not None
