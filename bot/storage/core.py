"""Statements on tables, for the busiest ways: past the session, whose part in one costs as much again."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Row
from sqlmodel import Session


def execute(session: Session, statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
    """Execute a statement in the transaction of `session`; what the session did not flush it does not see."""
    return _connection(session).execute(statement, values)


def execute_many(
    session: Session, statement: Executable, rows: Sequence[Mapping[str, Any]]
) -> Sequence[Row[Any]]:
    """Execute a statement for each of `rows`, in as few calls of the driver as it allows.

    Return what it returns, in the order of `rows` only where the statement says so.
    """
    result = _connection(session).execute(statement, rows) if rows else None
    return result.all() if result is not None and result.returns_rows else []


def changes(session: Session, statement: Executable, values: Mapping[str, Any]) -> bool:
    """Execute a statement that writes one row or none; return whether it wrote one."""
    # An insertion tells that only when it is asked to.
    telling = {"preserve_rowcount": True}
    return _connection(session).execute(statement, values, execution_options=telling).rowcount > 0


def _connection(session: Session) -> Connection:
    """Return the connection of a session; one that shares a transaction with others is bound to it."""
    return session.bind if isinstance(session.bind, Connection) else session.connection()
