"""The outbox: what is to be said in Slack, once each, in order within a channel, one a second."""

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.storage.insert import insert_once
from bot.storage.tables import ChannelLeaseRow, OutboxRow

OPEN = ("waiting", "sending")


def add(
    session: Session,
    *,
    key: str,
    workspace_id: str,
    channel_id: str,
    method: str,
    content: dict[str, Any],
    now: datetime,
) -> bool:
    """Queue a call of a Web API method; return whether it is new. The key makes it happen once."""
    values = {
        "key": key,
        "workspace_id": workspace_id,
        "channel_id": channel_id,
        "method": method,
        "content": content,
        "state": "waiting",
        "attempts": 0,
        "not_before": now,
        "queued_at": now,
        "dispatched_ts": "",
        "error": "",
    }
    return insert_once(session, OutboxRow, values)


def claim(session: Session, *, now: datetime, until: datetime, limit: int) -> list[OutboxRow]:
    """Take rows to send: the oldest open row of each channel whose lease is free, at most `limit`.

    Taking a row takes its channel's lease until `until` as well, so nobody else posts there meanwhile. A row
    that comes back in state `sending` may have reached Slack: the caller must look before it sends again.
    """
    heads = session.exec(_heads(now).limit(limit)).all()
    query = select(OutboxRow).where(col(OutboxRow.id).in_(heads)).order_by(col(OutboxRow.id))
    rows = session.exec(query.with_for_update(skip_locked=True)).all()
    return [row for row in rows if row.not_before <= now and _lease(session, row, now=now, until=until)]


def _heads(now: datetime) -> SelectOfScalar[int | None]:
    """Select the key of the oldest open row of each channel that nobody holds."""
    oldest = func.min(OutboxRow.id)
    same_channel = (col(ChannelLeaseRow.workspace_id) == col(OutboxRow.workspace_id)) & (
        col(ChannelLeaseRow.channel_id) == col(OutboxRow.channel_id)
    )
    return (
        select(oldest)
        .join(ChannelLeaseRow, same_channel, isouter=True)
        .where(col(OutboxRow.state).in_(OPEN))
        .where(col(ChannelLeaseRow.held_until).is_(None) | (col(ChannelLeaseRow.held_until) <= now))
        .group_by(col(OutboxRow.workspace_id), col(OutboxRow.channel_id))
        .order_by(oldest)
    )


def free_channel_at(session: Session, workspace_id: str, channel_id: str, at: datetime) -> None:
    """Let the next post into a channel happen at `at`."""
    session.merge(ChannelLeaseRow(workspace_id=workspace_id, channel_id=channel_id, held_until=at))


def next_due(session: Session) -> datetime | None:
    """Return when the earliest open row may be sent."""
    query = select(OutboxRow.not_before).where(col(OutboxRow.state).in_(OPEN))
    return session.exec(query.order_by(col(OutboxRow.not_before)).limit(1)).first()


def _lease(session: Session, row: OutboxRow, *, now: datetime, until: datetime) -> bool:
    channel = {"workspace_id": row.workspace_id, "channel_id": row.channel_id}
    if insert_once(session, ChannelLeaseRow, {**channel, "held_until": until}):
        return True
    lease = session.get_one(ChannelLeaseRow, tuple(channel.values()), with_for_update=True)
    if lease.held_until > now:
        return False
    lease.held_until = until
    return True
