"""Counting what waits, on both engines by the indexes that the queues have anyway."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.domain.escalation.life import State
from bot.storage.tables import EscalationRow, InboxRow, OutboxRow
from bot.storage.tables.queues import OPEN, WAITING

SETTLED = (State.RESOLVED, State.CLOSED)


def inbox(session: Session) -> tuple[int, datetime | None]:
    """Return how many arrivals wait, and since when the oldest."""
    # The words of the index, so that it is used: a bound value would not be recognised.
    waiting = select(func.count(), func.min(InboxRow.received_at)).select_from(InboxRow).where(WAITING)
    return session.exec(waiting).one()


def outbox(session: Session) -> tuple[int, datetime | None]:
    """Return how many calls wait, and since when the oldest."""
    waiting = select(func.count(), func.min(OutboxRow.queued_at)).select_from(OutboxRow).where(OPEN)
    return session.exec(waiting).one()


def escalations_by_state(session: Session) -> dict[str, int]:
    """Return how many escalations are in each state, but for the closed ones."""
    query = select(EscalationRow.state, func.count()).where(col(EscalationRow.state) != State.CLOSED)
    return dict(session.exec(query.group_by(EscalationRow.state)).all())


def overdue(session: Session, now: datetime) -> tuple[int, int]:
    """Return how many wait for their company's first response longer than promised, and for a solution."""
    is_open = col(EscalationRow.state).not_in(SETTLED)
    response = (col(EscalationRow.response_due_at) < now) & col(EscalationRow.responded_at).is_(None)
    solution = col(EscalationRow.solution_due_at) < now
    count = select(func.count()).select_from(EscalationRow)
    return (
        session.exec(count.where(is_open, response)).one(),
        session.exec(count.where(is_open, solution)).one(),
    )
