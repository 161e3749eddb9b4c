"""Reading what questions teach, what was judged, and who are editors."""

from sqlmodel import Session, col, select

from bot.domain.learning import AskedBefore
from bot.domain.manners import Reaction
from bot.domain.scheme import Language
from bot.storage.tables import EditorRow, JudgedQuestionRow, LearnedPhraseRow, PersonRow, QuestionRow

_IN_FORCE = (col(LearnedPhraseRow.accepted_at).is_not(None), col(LearnedPhraseRow.refused_at).is_(None))


def unjudged_questions(session: Session) -> list[AskedBefore]:
    """Return the questions whose text is still kept and that no editor judged, in the order they came."""
    judged = select(JudgedQuestionRow.question_id)
    query = select(QuestionRow).where(col(QuestionRow.text).is_not(None), col(QuestionRow.id).not_in(judged))
    return [_asked_before(row) for row in session.exec(query.order_by(col(QuestionRow.id))).all()]


def refused_texts(session: Session) -> list[str]:
    """Return what the refused questions said, as long as their text is kept."""
    query = (
        select(QuestionRow.text)
        .join(JudgedQuestionRow, col(JudgedQuestionRow.question_id) == col(QuestionRow.id))
        .join(LearnedPhraseRow, col(LearnedPhraseRow.id) == col(JudgedQuestionRow.phrase_id))
        .where(col(LearnedPhraseRow.refused_at).is_not(None), col(QuestionRow.text).is_not(None))
    )
    return [text for text in session.exec(query).all() if text is not None]


def accepted(session: Session) -> list[LearnedPhraseRow]:
    """Return what editors accepted and did not take back, in the order they did."""
    query = select(LearnedPhraseRow).where(*_IN_FORCE)
    return list(session.exec(query.order_by(col(LearnedPhraseRow.id))).all())


def accepted_ids(session: Session) -> frozenset[int]:
    """Return the keys of what `accepted` returns: other keys, other phrases, as a phrase never changes."""
    query = select(LearnedPhraseRow.id).where(*_IN_FORCE)
    return frozenset(key for key in session.exec(query).all() if key is not None)


def judgements(session: Session) -> list[LearnedPhraseRow]:
    """Return every judgement, in the order they were made."""
    return list(session.exec(select(LearnedPhraseRow).order_by(col(LearnedPhraseRow.id))).all())


def judgement_of(session: Session, question_id: int) -> LearnedPhraseRow | None:
    """Return how the suggestion that this question belonged to was judged, `None` while it is not."""
    judged = session.get(JudgedQuestionRow, question_id)
    return session.get(LearnedPhraseRow, judged.phrase_id) if judged is not None else None


def editors(session: Session) -> list[tuple[PersonRow, EditorRow]]:
    """Return the appointed people, in the order they were appointed."""
    query = select(PersonRow, EditorRow).join(EditorRow, col(EditorRow.person_id) == col(PersonRow.id))
    ordered = query.order_by(col(EditorRow.appointed_at), col(EditorRow.person_id))
    return [(person, editor) for person, editor in session.exec(ordered).all()]


def _asked_before(row: QuestionRow) -> AskedBefore:
    assert row.id is not None  # noqa: S101 - a stored row has a key
    return AskedBefore(
        question_id=row.id,
        text=row.text,
        language=Language(row.language),
        reaction=Reaction(row.reaction),
        candidates=tuple(row.candidates.split()),
        score=row.score,
        topic=row.topic,
        outcome=row.outcome,
    )
