"""The outbox: what is to be said in Slack, once each, in order within a lane."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, delete, func, literal, literal_column, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.storage.insert import dialect_of, insert_into, insert_once
from bot.storage.tables import LaneLeaseRow, OutboxRow, table_of

OPEN = ("waiting", "sending")
FURTHEST = timedelta(minutes=6)
"""Further ahead than any lease or wait: what seems to be, was set by a clock that was put back since."""


IS_OPEN = col(OutboxRow.state).in_([literal(state, literal_execute=True) for state in OPEN])
"""Written out: while the states are parameters, no engine sees that the index of open rows will do."""


@dataclass(frozen=True)
class Standing:
    """How it stands with a row: whether it still is to be sent, and how often it was taken."""

    is_open: bool
    attempts: int


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
        .where(IS_OPEN)
        .where(held.is_(None) | (held <= now) | (held > now + FURTHEST))
        .group_by(col(OutboxRow.workspace_id), col(OutboxRow.lane))
        .order_by(oldest)
    )


_OUTBOX, _LEASE = table_of(OutboxRow), table_of(LaneLeaseRow)
_STANDING = _OUTBOX.select().where(_OUTBOX.c.id == bindparam("row_id")).with_for_update()


def standing(session: Session, row_id: int) -> Standing:
    """Lock a row and return how it stands with it."""
    row = session.execute(_STANDING, {"row_id": row_id}).one()
    return Standing(is_open=row.state in OPEN, attempts=row.attempts)


_SENT = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("row_id"))
    .values(state="sent", content={}, error="", sent_at=bindparam("at"), dispatched_ts=bindparam("ts"))
)


def mark_sent(session: Session, row_id: int, *, at: datetime, ts: str) -> None:
    """Note that Slack has a row's message under `ts`, and forget what it said."""
    session.execute(_SENT, {"row_id": row_id, "at": at, "ts": ts})


def free_lane_at(session: Session, workspace_id: str, lane: str, at: datetime) -> None:
    """Let the next call in a lane happen at `at`."""
    values = {"workspace_id": workspace_id, "lane": lane, "held_until": at}
    session.execute(_hold(dialect_of(session)), values)


def _lease(session: Session, row: OutboxRow, *, now: datetime, until: datetime) -> bool:
    values = {"workspace_id": row.workspace_id, "lane": row.lane, "held_until": until}
    times = {"now": now, "furthest": now + FURTHEST}
    return session.execute(_take_over(dialect_of(session)), values | times).first() is not None


@cache
def _hold(dialect: str) -> Executable:
    """Write a lease, whoever has it."""
    lease = insert_into(dialect, LaneLeaseRow)
    return lease.on_conflict_do_update(
        index_elements=_LEASE.primary_key.columns, set_={"held_until": lease.excluded.held_until}
    )


@cache
def _take_over(dialect: str) -> Executable:
    """Write a lease unless somebody has it until after `now`; what comes back tells."""
    lease, held = insert_into(dialect, LaneLeaseRow), _LEASE.c.held_until
    return lease.on_conflict_do_update(
        index_elements=_LEASE.primary_key.columns,
        set_={"held_until": lease.excluded.held_until},
        where=(held <= bindparam("now")) | (held > bindparam("furthest")),
    ).returning(literal_column("1"))
