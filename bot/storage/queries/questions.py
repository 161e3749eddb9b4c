"""The questions that people asked."""

from sqlmodel import Session

from bot.storage.tables import QuestionRow, table_of

_QUESTION = table_of(QuestionRow)
_KEEP = _QUESTION.insert().returning(_QUESTION.c.id)


def keep(session: Session, question: QuestionRow) -> int:
    """Store a new question and return its key; the row itself stays outside of the session."""
    return int(session.execute(_KEEP, question.model_dump(exclude={"id"})).scalar_one())
