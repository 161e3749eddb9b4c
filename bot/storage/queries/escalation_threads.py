"""The threads that escalations live in, and the messages that were carried between them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from bot.domain.network import SlackUser
from bot.storage.tables import BridgedMessageRow, EscalationThreadRow, OutboxRow, PersonRow

DIRECT = "D"
"""How the ids of conversations with one person begin."""


def thread_at(
    session: Session, workspace_id: str, channel_id: str, thread_ts: str, user: SlackUser
) -> EscalationThreadRow | None:
    """Return the thread of an escalation that this is; `None` for any other.

    A thread with one person was begun under the person's id, so it is known by who writes there.
    """
    if not thread_ts:
        return None
    query = select(EscalationThreadRow).where(EscalationThreadRow.message_ts == thread_ts)
    places = _places(workspace_id, channel_id, user)
    found = session.exec(query.order_by(col(EscalationThreadRow.id))).all()
    return next((one for one in found if (one.workspace_id, one.channel_id) in places), None)


def is_head_under_way(session: Session, workspace_id: str, channel_id: str, user: SlackUser) -> bool:
    """Say whether a thread is being begun there whose head Slack may show before we know where it stands."""
    query = (
        select(EscalationThreadRow)
        .join(OutboxRow, col(OutboxRow.key) == col(EscalationThreadRow.outbox_key))
        .where(EscalationThreadRow.message_ts == "", OutboxRow.state == "sending")
    )
    places = _places(workspace_id, channel_id, user)
    return any((one.workspace_id, one.channel_id) in places for one in session.exec(query).all())


def _places(workspace_id: str, channel_id: str, user: SlackUser) -> set[tuple[str, str]]:
    places = {(workspace_id, channel_id)}
    if channel_id.startswith(DIRECT):
        places |= {(workspace_id, user.user_id), (user.workspace_id, user.user_id)}
    return places


def thread_of_message(
    session: Session, workspace_id: str, channel_id: str, message_ts: str
) -> EscalationThreadRow | None:
    """Return the thread in which a message was written that was seen before."""
    written = next(
        (row for row in copies(session, workspace_id, channel_id, message_ts) if is_own(row)), None
    )
    return session.get(EscalationThreadRow, written.to_thread_id) if written else None


def copies(
    session: Session, workspace_id: str, channel_id: str, message_ts: str
) -> Sequence[BridgedMessageRow]:
    """Return the row of a message's own thread and those of its copies."""
    query = select(BridgedMessageRow).where(
        BridgedMessageRow.workspace_id == workspace_id,
        BridgedMessageRow.channel_id == channel_id,
        BridgedMessageRow.message_ts == message_ts,
    )
    return session.exec(query.order_by(col(BridgedMessageRow.id))).all()


def is_own(row: BridgedMessageRow) -> bool:
    """Say whether this is the row of the thread in which the message was written."""
    return not row.outbox_key


def names_of(session: Session, workspace_id: str, user_ids: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the names of those of these people who are known, by user id."""
    if not user_ids:
        return ()
    query = select(PersonRow).where(
        PersonRow.workspace_id == workspace_id, col(PersonRow.user_id).in_(user_ids), PersonRow.name != ""
    )
    return tuple((one.user_id or "", one.name) for one in session.exec(query.order_by(col(PersonRow.id))))
