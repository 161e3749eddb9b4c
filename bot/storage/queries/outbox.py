"""The outbox: what is to be said in Slack, once each, in order within a lane."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.storage.insert import insert_once
from bot.storage.tables import LaneLeaseRow, OutboxRow

OPEN = ("waiting", "sending")
FURTHEST = timedelta(minutes=6)
"""Further ahead than any lease or wait: what seems to be, was set by a clock that was put back since."""


def add(
    session: Session,
    *,
    key: str,
    workspace_id: str,
    lane: str,
    method: str,
    content: dict[str, Any],
    now: datetime,
) -> bool:
    """Queue a call of a Web API method; return whether it is new. The key makes it happen once."""
    values = {
        "key": key,
        "workspace_id": workspace_id,
        "lane": lane,
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


def drop_waiting(session: Session, workspace_id: str, lane: str, *, but: str) -> None:
    """Take back what waits in a lane for its first try, because the row of the key `but` takes its place."""
    query = delete(OutboxRow).where(
        col(OutboxRow.workspace_id) == workspace_id,
        col(OutboxRow.lane) == lane,
        col(OutboxRow.state) == "waiting",
        col(OutboxRow.key) != but,
    )
    session.execute(query)


def by_key(session: Session, key: str) -> OutboxRow | None:
    """Return the row of this key."""
    return session.exec(select(OutboxRow).where(OutboxRow.key == key)).first()


def claim(
    session: Session, *, now: datetime, until: datetime, limit: int, but: frozenset[int] = frozenset()
) -> list[OutboxRow]:
    """Take rows to send: the oldest open row of each lane whose lease is free, at most `limit`.

    `but` are the keys of rows that whoever asks is sending at this moment.

    Taking a row takes its lane's lease until `until` as well, so nobody else sends there meanwhile. A row
    that comes back in state `sending` may have reached Slack: the caller must look before it sends again.
    """
    heads = [key for key in session.exec(_heads(now).limit(limit + len(but))).all() if key not in but]
    # Somebody may have sent one since: the state is looked at again once the row is locked.
    query = select(OutboxRow).where(col(OutboxRow.id).in_(heads[:limit]), col(OutboxRow.state).in_(OPEN))
    query = query.order_by(col(OutboxRow.id))
    rows = session.exec(query.with_for_update(skip_locked=True)).all()
    return [
        row for row in rows if _is_past(row.not_before, now) and _lease(session, row, now=now, until=until)
    ]


def _is_past(instant: datetime, now: datetime) -> bool:
    return instant <= now or instant > now + FURTHEST


def _heads(now: datetime) -> SelectOfScalar[int | None]:
    """Select the key of the oldest open row of each lane that nobody holds."""
    oldest = func.min(OutboxRow.id)
    held = col(LaneLeaseRow.held_until)
    same_lane = (col(LaneLeaseRow.workspace_id) == col(OutboxRow.workspace_id)) & (
        col(LaneLeaseRow.lane) == col(OutboxRow.lane)
    )
    return (
        select(oldest)
        .join(LaneLeaseRow, same_lane, isouter=True)
        .where(col(OutboxRow.state).in_(OPEN))
        .where(held.is_(None) | (held <= now) | (held > now + FURTHEST))
        .group_by(col(OutboxRow.workspace_id), col(OutboxRow.lane))
        .order_by(oldest)
    )


def free_lane_at(session: Session, workspace_id: str, lane: str, at: datetime) -> None:
    """Let the next call in a lane happen at `at`."""
    session.merge(LaneLeaseRow(workspace_id=workspace_id, lane=lane, held_until=at))


def _lease(session: Session, row: OutboxRow, *, now: datetime, until: datetime) -> bool:
    lane = {"workspace_id": row.workspace_id, "lane": row.lane}
    if insert_once(session, LaneLeaseRow, {**lane, "held_until": until}):
        return True
    lease = session.get_one(LaneLeaseRow, tuple(lane.values()), with_for_update=True)
    if not _is_past(lease.held_until, now):
        return False
    lease.held_until = until
    return True
