"""Statements on tables, for the busiest ways: past the session, whose part in one costs as much again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlmodel import Session


def execute(session: Session, statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
    """Execute a statement in the transaction of `session`; what the session did not flush it does not see."""
    return session.connection().execute(statement, values)


def changes(session: Session, statement: Executable, values: Mapping[str, Any]) -> bool:
    """Execute a statement that writes one row or none; return whether it wrote one."""
    # An insertion tells that only when it is asked to.
    telling = {"preserve_rowcount": True}
    return session.connection().execute(statement, values, execution_options=telling).rowcount > 0
