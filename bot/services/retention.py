"""Forgetting in time: message text is kept only as long as the settings say."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import CursorResult, Executable, delete, update
from sqlmodel import Session, col

from bot.domain.clock import Clock
from bot.storage.tables import InboxRow, LaneLeaseRow, OutboxRow, QuestionRow


@dataclass(frozen=True)
class Forgotten:
    """How much was forgotten."""

    questions: int
    arrivals: int
    messages: int


def forget_old(session: Session, clock: Clock, keep: timedelta) -> Forgotten:
    """Empty the text of questions older than `keep`, and drop what came in and went out before."""
    limit = clock.now() - keep
    # A lease that has run out says nothing any more.
    session.execute(delete(LaneLeaseRow).where(col(LaneLeaseRow.held_until) < limit))
    return Forgotten(
        questions=_count(
            session,
            update(QuestionRow)
            .where(col(QuestionRow.asked_at) < limit, col(QuestionRow.text).is_not(None))
            .values(text=None),
        ),
        arrivals=_count(
            session,
            delete(InboxRow).where(col(InboxRow.received_at) < limit, col(InboxRow.state) != "waiting"),
        ),
        messages=_count(
            session,
            delete(OutboxRow).where(
                col(OutboxRow.queued_at) < limit, col(OutboxRow.state).in_(("sent", "failed", "settled"))
            ),
        ),
    )


def _count(session: Session, statement: Executable) -> int:
    result = session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101 - what a change gives
    return int(result.rowcount)
