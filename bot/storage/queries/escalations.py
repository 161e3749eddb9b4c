"""Finding escalations: what is due, what breaks the rule, what was asked where."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, sql, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.escalation.life import State
from bot.domain.network import SlackChannel
from bot.storage.tables import (
    BridgedMessageRow,
    EscalationRow,
    EscalationThreadRow,
    PersonRow,
    PracticeRow,
    QuestionRow,
)

OWNED = (State.TAKEN, State.WAITING)


def due(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Return the keys of escalations whose next action has come, the oldest first."""
    query = select(EscalationRow.id).where(
        col(EscalationRow.state) != State.CLOSED, col(EscalationRow.next_action_at) <= now
    )
    ordered = query.order_by(col(EscalationRow.next_action_at), col(EscalationRow.id))
    return [key for key in session.exec(ordered.limit(limit)).all() if key is not None]


def next_due(session: Session, after: datetime) -> tuple[str, datetime] | None:
    """Return the reference of the escalation whose next action comes first after an instant, and when."""
    query = select(EscalationRow.reference, EscalationRow.next_action_at).where(
        col(EscalationRow.state) != State.CLOSED, col(EscalationRow.next_action_at) > after
    )
    found = session.exec(query.order_by(col(EscalationRow.next_action_at), col(EscalationRow.id))).first()
    return None if found is None or found[1] is None else (found[0], found[1])


def astray(session: Session, admins: frozenset[str]) -> Sequence[int]:
    """Return the keys of all that are not closed and have nobody, or nothing that happens next.

    Who went to another company is nobody there; `admins` work on everything.
    """
    nobody = col(EscalationRow.owner_id).is_(None) & (
        (col(EscalationRow.keeper) == "") | col(EscalationRow.state).in_(OWNED)
    )
    nothing = col(EscalationRow.next_action_at).is_(None)
    gone = col(EscalationRow.owner_id).in_(_elsewhere(admins)) & col(EscalationRow.is_unrouted).is_(False)
    query = select(EscalationRow.id).where(col(EscalationRow.state) != State.CLOSED, nobody | nothing | gone)
    return [key for key in session.exec(query.order_by(col(EscalationRow.id))).all() if key is not None]


def _elsewhere(admins: frozenset[str]) -> SelectOfScalar[Any]:
    """Select the people of other companies than an escalation's."""
    is_admin = col(PersonRow.email).in_(admins) | func.coalesce(PersonRow.user_id, "").in_(admins)
    return select(PersonRow.id).where(col(PersonRow.company_id) != col(EscalationRow.company_id), ~is_admin)


def references_of(
    session: Session, *, company_id: int | None = None, practice_id: int | None = None
) -> Sequence[str]:
    """Return the references of escalations that a company has or handed over, or a practice's."""
    company = (col(EscalationRow.company_id) == company_id) | (col(EscalationRow.lower_id) == company_id)
    whose = company if company_id is not None else col(EscalationRow.practice_id) == practice_id
    return session.exec(select(EscalationRow.reference).where(whose)).all()


def question_at(session: Session, where: SlackChannel, *stamps: str) -> QuestionRow | None:
    """Return the question that is one of these messages, the latest if several are."""
    wanted = [ts for ts in stamps if ts]
    query = select(QuestionRow).where(
        QuestionRow.workspace_id == where.workspace_id,
        QuestionRow.channel_id == where.channel_id,
        col(QuestionRow.message_ts).in_(wanted),
    )
    return session.exec(query.order_by(col(QuestionRow.message_ts).desc())).first() if wanted else None


def open_for_question(session: Session, question_id: int) -> EscalationRow | None:
    """Return the escalation that a question led to, unless it is closed."""
    query = select(EscalationRow).where(
        EscalationRow.question_id == question_id, EscalationRow.state != State.CLOSED
    )
    return session.exec(query.order_by(col(EscalationRow.id))).first()


def open_for_message(
    session: Session, link: str, practice_id: int | None, opener_id: int
) -> EscalationRow | None:
    """Return what is open about a message of a practice; without a practice what this person opened."""
    whose = (
        EscalationRow.practice_id == practice_id
        if practice_id is not None
        else col(EscalationRow.practice_id).is_(None) & (col(EscalationRow.opened_by_id) == opener_id)
    )
    query = select(EscalationRow).where(
        EscalationRow.link == link, EscalationRow.state != State.CLOSED, whose
    )
    return session.exec(query.order_by(col(EscalationRow.id))).first()


def customers(session: Session, company_id: int | None, limit: int) -> Sequence[PracticeRow]:
    """Return the practices that a company is vendor or support partner of, all for `None`, by name."""
    query = select(PracticeRow)
    if company_id is not None:
        vendor, partner = col(PracticeRow.vendor_id), col(PracticeRow.support_partner_id)
        query = query.where((vendor == company_id) | (partner == company_id))
    return session.exec(query.order_by(col(PracticeRow.name)).limit(limit)).all()


_IS_THREADS = exists().where(col(EscalationThreadRow.outbox_key) == bindparam("key"))
_IS_COPYS = exists().where(col(BridgedMessageRow.outbox_key) == bindparam("key"))
_IS_ANYS = sql.select(_IS_THREADS | _IS_COPYS)


def note_head(session: Session, outbox_key: str, ts: str) -> None:
    """Note under which timestamp the head of a thread, or a copy of a message, was sent.

    Another message is left alone.
    """
    if not session.execute(_IS_ANYS, {"key": outbox_key}).scalar():
        return
    changed = update(EscalationThreadRow).where(col(EscalationThreadRow.outbox_key) == outbox_key)
    session.execute(changed.values(head_ts=ts))
    # One that was begun under a question stays under it.
    session.execute(changed.where(col(EscalationThreadRow.message_ts) == "").values(message_ts=ts))
    copied = update(BridgedMessageRow).where(col(BridgedMessageRow.outbox_key) == outbox_key)
    session.execute(copied.values(copy_ts=ts))


def head_ts(session: Session, outbox_key: str) -> str:
    """Return the timestamp of a thread's head, or of a copy; empty while it is not known."""
    query = select(EscalationThreadRow.head_ts).where(EscalationThreadRow.outbox_key == outbox_key)
    copies = select(BridgedMessageRow.copy_ts).where(BridgedMessageRow.outbox_key == outbox_key)
    return session.exec(query).first() or session.exec(copies).first() or ""
