"""What people asked, and what they thought of the answer."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, text
from sqlmodel import Field

from bot.storage.tables.base import Table, partial_index

HAS_TEXT = text("text IS NOT NULL")


class QuestionRow(Table, table=True):
    """Something somebody asked, with the decision taken.

    `text` is emptied when its time is over, and never filled when it seems to tell who a patient is; the rest
    stays. `candidates` are topic ids, best first, with spaces between. `reaction` is a
    `bot.domain.manners.Reaction`, `outcome` how it ended, empty while open.
    """

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("workspace_id", "channel_id", "message_ts"),
        partial_index("ix_question_text", "asked_at", where=HAS_TEXT),
    )

    id: int | None = Field(default=None, primary_key=True)
    workspace_id: str
    channel_id: str
    message_ts: str
    thread_ts: str = ""
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="SET NULL")
    practice_id: int | None = Field(default=None, foreign_key="practice.id", index=True, ondelete="SET NULL")
    address: str
    language: str
    text: str | None = None
    reaction: str
    topic: str | None = None
    score: float | None = None
    candidates: str = ""
    asked_at: datetime = Field(index=True)
    outcome: str = ""


class VerdictRow(Table, table=True):
    """What somebody did with an answer: a miss (`not-this`), a choice, `solved`. Suggestions grow from it."""

    __tablename__ = "verdict"
    __table_args__ = (UniqueConstraint("question_id", "person_id", "kind", "topic"),)

    id: int | None = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="question.id", index=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    kind: str
    topic: str = ""
    given_at: datetime
