"""The moves of the clock that a trial offers: to the next moment at which something happens."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.network import Company
from bot.domain.scheme import Provider
from bot.storage.queries import directory, escalations, reminders

Move = tuple[str, str]
"""A label, and the instant in ISO notation."""


def next_moves(session: Session, now: datetime) -> list[Move]:
    """Return the moves worth offering at `now`, the soonest first."""
    moves = [_next_opening(session, now), _next_reminder(session, now), _next_escalation(session, now)]
    return sorted((move for move in moves if move is not None), key=_instant)


def _instant(move: Move) -> datetime:
    return datetime.fromisoformat(move[1])


def _next_reminder(session: Session, now: datetime) -> Move | None:
    at = reminders.next_due(session, now)
    return None if at is None else ("The next reminder is due", at.isoformat())


def _next_escalation(session: Session, now: datetime) -> Move | None:
    found = escalations.next_due(session, now)
    return None if found is None else (f"Next step of {found[0]}", found[1].isoformat())


def _next_opening(session: Session, now: datetime) -> Move | None:
    openings = [
        (state.opens_at, company.name)
        for company in _companies(session)
        if (state := company.calendar.at(now)) is not None and state.opens_at is not None
    ]
    if not openings:
        return None
    instant, name = min(openings)
    return f"{name} opens", instant.isoformat()


def _companies(session: Session) -> list[Company]:
    return [company for role in Provider for company in directory.companies(session, role)]
