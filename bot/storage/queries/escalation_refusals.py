"""What Slack did not take of what escalations say, and where a card waits with the default owner."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from bot.domain.escalation.life import State
from bot.storage.tables import ChannelRow, EscalationRow, EscalationThreadRow, OutboxRow

BEGINS = "escalation ESC-"
"""What the key of every message of an escalation begins with; its reference ends at the next blank."""


def is_of_escalation(outbox_key: str) -> bool:
    """Say whether a message belongs to an escalation."""
    return outbox_key.startswith(BEGINS)


def reference_in(outbox_key: str) -> str:
    """Return the reference of the escalation that a message belongs to."""
    return outbox_key.removeprefix("escalation ").partition(" ")[0]


def failed(session: Session, limit: int) -> Sequence[int]:
    """Return the keys of messages that Slack did not take and that nobody dealt with yet, in their order."""
    query = select(OutboxRow.id).where(OutboxRow.state == "failed", col(OutboxRow.key).startswith(BEGINS))
    return [key for key in session.exec(query.order_by(col(OutboxRow.id)).limit(limit)).all() if key]


def kept(session: Session) -> Sequence[tuple[int, int]]:
    """Return escalations that are not closed and threads of theirs that are with the default owner."""
    return _open_threads(session, col(EscalationThreadRow.is_kept).is_(True))


def overheard(session: Session) -> Sequence[tuple[int, int]]:
    """Return escalations that are not closed and threads of theirs in channels that others read."""
    same = (col(ChannelRow.workspace_id) == col(EscalationThreadRow.workspace_id)) & (
        col(ChannelRow.channel_id) == col(EscalationThreadRow.channel_id)
    )
    shared = select(ChannelRow.channel_id).where(same, col(ChannelRow.is_shared))
    return _open_threads(session, shared.exists())


def _open_threads(session: Session, which: ColumnElement[bool]) -> Sequence[tuple[int, int]]:
    query = (
        select(EscalationThreadRow.escalation_id, EscalationThreadRow.id)
        .join(EscalationRow, col(EscalationRow.id) == col(EscalationThreadRow.escalation_id))
        .where(which, col(EscalationRow.state) != State.CLOSED)
    )
    found = session.exec(query.order_by(col(EscalationThreadRow.id))).all()
    return [(key, thread_id) for key, thread_id in found if thread_id is not None]
