"""What the matcher learned beside the files, and who may say yes to it."""

from datetime import datetime

from sqlmodel import Field

from bot.storage.tables.base import Table


class EditorRow(Table, table=True):
    """Somebody of the manufacturer whom an admin appointed. `appointed_by` is how that admin was known."""

    __tablename__ = "editor"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    appointed_by: str
    appointed_at: datetime


class LearnedPhraseRow(Table, table=True):
    """An editor's word on a suggestion: a phrase accepted, or refused, or accepted and taken back later.

    `accepted_by` and `refused_by` are how the editor was known (e-mail address or Slack id), which outlives
    the person's row. What is refused keeps no `text`. `question_id` is the question it came from.
    """

    __tablename__ = "learned_phrase"

    id: int | None = Field(default=None, primary_key=True)
    topic: str
    language: str
    text: str
    question_id: int | None = Field(default=None, foreign_key="question.id", index=True, ondelete="SET NULL")
    accepted_by: str = ""
    accepted_at: datetime | None = None
    refused_by: str = ""
    refused_at: datetime | None = None


class JudgedQuestionRow(Table, table=True):
    """A question whose suggestion an editor judged; it is not suggested again."""

    __tablename__ = "judged_question"

    question_id: int = Field(foreign_key="question.id", primary_key=True, ondelete="CASCADE")
    phrase_id: int = Field(foreign_key="learned_phrase.id", index=True, ondelete="CASCADE")
