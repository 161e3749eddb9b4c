"""The questions that people asked."""

from typing import Any

from sqlmodel import Session

from bot.storage.core import execute
from bot.storage.tables import QuestionRow, table_of

_QUESTION = table_of(QuestionRow)
_KEEP = _QUESTION.insert().returning(_QUESTION.c.id)


def keep(session: Session, question: dict[str, Any]) -> int:
    """Store a new question of these values and return its key."""
    return int(execute(session, _KEEP, {**question, "outcome": ""}).scalar_one())
