"""Finding escalations for lists: what may concern somebody, what a company has, what happened."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.escalation.life import OPEN, State
from bot.storage.tables import (
    EscalationEventRow,
    EscalationRow,
    EscalationThreadRow,
    PersonRow,
    PracticeRow,
)

PLACING = (
    "reference", "state", "company_id", "owner_id", "keeper", "lower_id", "is_unrouted", "requester_id",
    "opened_by_id", "practice_id", "route", "response_due_at", "solution_due_at", "next_action_at",
)  # fmt: skip
"""The columns by which an escalation is placed in somebody's lists."""


class Whose(Struct, frozen=True):
    """Somebody who looks: `names` are e-mail and Slack id, `practice_ids` where they are confirmed."""

    person_id: int
    names: tuple[str, ...] = ()
    practice_ids: tuple[int, ...] = ()
    company_id: int | None = None
    sees_all: bool = False


def concerning(session: Session, whose: Whose) -> Sequence[EscalationRow]:
    """Return all that is not closed and may concern somebody, what is due first before all others.

    It is a first choice: the right to see each row is still to be asked. Of each row only what places it in
    a list is read, the rest when it is asked for.
    """
    query = select(EscalationRow).where(col(EscalationRow.state) != State.CLOSED)
    if not whose.sees_all:
        query = query.where(or_(*_ties(whose)))
    return session.exec(
        _by_due(query).options(load_only(*(getattr(EscalationRow, one) for one in PLACING)))
    ).all()


def chosen(
    session: Session, *, states: Sequence[str] = (), company_id: int | None = None
) -> Sequence[EscalationRow]:
    """Return escalations in these states (none: in all) that a company has, handed over or hears of."""
    query = select(EscalationRow)
    if states:
        query = query.where(col(EscalationRow.state).in_(states))
    if company_id is not None:
        query = query.where(or_(*_company_ties(company_id)))
    return session.exec(_by_due(query)).all()


def held(session: Session, company_id: int, person: PersonRow | None) -> Sequence[EscalationRow]:
    """Return what is open at a company: with a person who took it or is to see to it, all for `None`."""
    query = select(EscalationRow).where(
        EscalationRow.company_id == company_id, col(EscalationRow.state).in_(OPEN)
    )
    if person is not None:
        names = [name for name in (person.email, person.user_id) if name]
        keeps = col(EscalationRow.owner_id).is_(None) & col(EscalationRow.keeper).in_(names)
        query = query.where((col(EscalationRow.owner_id) == person.id) | keeps)
    return session.exec(_by_due(query)).all()


def by_reference(session: Session, reference: str) -> EscalationRow | None:
    """Return the escalation of a reference, whatever the capitals."""
    query = select(EscalationRow).where(EscalationRow.reference == reference.strip().upper())
    return session.exec(query).first()


def events(session: Session, escalation_id: int) -> Sequence[EscalationEventRow]:
    """Return what happened to an escalation, the oldest first."""
    query = select(EscalationEventRow).where(EscalationEventRow.escalation_id == escalation_id)
    return session.exec(query.order_by(col(EscalationEventRow.at), col(EscalationEventRow.id))).all()


def _by_due(query: SelectOfScalar[EscalationRow]) -> SelectOfScalar[EscalationRow]:
    due_at = func.coalesce(
        col(EscalationRow.response_due_at),
        col(EscalationRow.solution_due_at),
        col(EscalationRow.next_action_at),
        col(EscalationRow.closed_at),
    )
    return query.order_by(due_at, col(EscalationRow.id))


def _ties(whose: Whose) -> list[ColumnElement[bool]]:
    ties: list[ColumnElement[bool]] = [
        col(EscalationRow.requester_id) == whose.person_id,
        col(EscalationRow.opened_by_id) == whose.person_id,
        col(EscalationRow.owner_id) == whose.person_id,
    ]
    if whose.names:
        named = col(EscalationRow.keeper).in_(whose.names)
        ties.append(col(EscalationRow.is_unrouted).is_(True) & named)
    if whose.practice_ids:
        ties.append(col(EscalationRow.practice_id).in_(whose.practice_ids))
    return ties if whose.company_id is None else [*ties, *_company_ties(whose.company_id)]


def _company_ties(company_id: int) -> list[ColumnElement[bool]]:
    customers = select(PracticeRow.id).where(PracticeRow.vendor_id == company_id)
    # A company that hears of it has a thread, also when the practice has another vendor by now.
    hears = select(EscalationThreadRow.escalation_id).where(
        EscalationThreadRow.side == f"company:{company_id}"
    )
    return [
        col(EscalationRow.company_id) == company_id,
        col(EscalationRow.lower_id) == company_id,
        col(EscalationRow.practice_id).in_(customers),
        col(EscalationRow.id).in_(hears),
    ]
