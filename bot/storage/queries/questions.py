"""The questions that people asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from bot.storage.core import execute_many
from bot.storage.tables import QuestionRow, table_of

_QUESTION = table_of(QuestionRow)
_KEEP = _QUESTION.insert().returning(_QUESTION.c.id, sort_by_parameter_order=True)


def keep(session: Session, values: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store new questions of these values and return their keys."""
    return [row.id for row in execute_many(session, _KEEP, [{**one, "outcome": ""} for one in values])]
