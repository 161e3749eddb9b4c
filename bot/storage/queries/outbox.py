"""The outbox: what is to be said in Slack, once each, in order within a lane."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Executable, Integer, bindparam, delete, func, literal_column, sql, update
from sqlmodel import Session, col, select

from bot.domain.parcel import Parcel, Place
from bot.storage.core import execute, execute_many
from bot.storage.insert import dialect_of, insert_all_once, insert_into, insert_once
from bot.storage.tables import LaneLeaseRow, OutboxRow, table_of

OPEN = ("waiting", "sending")
FURTHEST = timedelta(minutes=6)
"""Further ahead than any lease or wait: what seems to be, was set by a clock that was put back since."""


class Standing(Struct, frozen=True):
    """How it stood with a row: whether it still was to be sent, and how often it was taken."""

    was_open: bool
    attempts: int


class Outgoing(Struct, frozen=True):
    """A call of a Web API method that is to be made. The key makes it happen once."""

    key: str
    workspace_id: str
    lane: str
    method: str
    content: dict[str, Any]


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
    outgoing = Outgoing(key, workspace_id, lane, method, content)
    return insert_once(session, OutboxRow, {**asdict(outgoing), **_new(now)})


def add_all(session: Session, outgoing: Sequence[Outgoing], now: datetime) -> None:
    """Queue calls in this order; those that are queued already are left as they are."""
    new = _new(now)
    insert_all_once(session, OutboxRow, [{**asdict(one), **new} for one in outgoing])


def _new(now: datetime) -> dict[str, Any]:
    return {
        "state": "waiting",
        "attempts": 0,
        "not_before": now,
        "queued_at": now,
        "dispatched_ts": "",
        "error": "",
    }


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


_OUTBOX, _LEASE = table_of(OutboxRow), table_of(LaneLeaseRow)
IS_OPEN = _OUTBOX.c.state.in_([literal_column(f"'{state}'") for state in OPEN])
"""Written out: while the states are parameters, no engine sees that the index of open rows will do."""


def claim(
    session: Session, *, now: datetime, until: datetime, limit: int, but: frozenset[int] = frozenset()
) -> list[Parcel]:
    """Take rows to send: the oldest open row of each lane whose lease is free, at most `limit`.

    `but` are the keys of rows that whoever asks is sending at this moment.

    Taking a row takes its lane's lease until `until` as well, so nobody else sends there meanwhile, and notes
    that its call is about to be made.
    """
    times = {"now": now, "furthest": now + FURTHEST}
    found = execute(session, _HEADS, {**times, "at_most": limit + len(but)}).scalars()
    heads = [key for key in found if key not in but][:limit]
    if not heads:
        return []
    rows = execute(session, _DUE, {**times, "keys": heads}).all()
    if not rows:
        return []
    wanted = {**times, "keys": [row.id for row in rows], "until": until}
    leases = execute(session, _lease(dialect_of(session)), wanted)
    leased = {(lease.workspace_id, lease.lane) for lease in leases}
    taken = [parcel for parcel in map(_parcel, rows) if parcel.place in leased]
    if taken:
        execute(session, _TAKE, {"keys": [parcel.row_id for parcel in taken]})
    return taken


def _parcel(row: Any) -> Parcel:
    """Make a parcel of a row as it was before it was taken."""
    return Parcel(
        row_id=row.id,
        key=row.key,
        workspace_id=row.workspace_id,
        lane=row.lane,
        method=row.method,
        content=row.content,
        attempts=row.attempts + 1,
        is_uncertain=row.state == "sending",
        queued_at=row.queued_at,
    )


_NOW = bindparam("now", type_=_OUTBOX.c.not_before.type)
_FURTHEST = bindparam("furthest", type_=_OUTBOX.c.not_before.type)
_HELD = _LEASE.c.held_until
_SAME_LANE = (_LEASE.c.workspace_id == _OUTBOX.c.workspace_id) & (_LEASE.c.lane == _OUTBOX.c.lane)
_OLDEST = func.min(_OUTBOX.c.id)
_HEADS = (
    sql.select(_OLDEST)
    .join_from(_OUTBOX, _LEASE, _SAME_LANE, isouter=True)
    .where(IS_OPEN)
    .where(_HELD.is_(None) | (_HELD <= _NOW) | (_HELD > _FURTHEST))
    .group_by(_OUTBOX.c.workspace_id, _OUTBOX.c.lane)
    .order_by(_OLDEST)
    .limit(bindparam("at_most", type_=Integer))
)
"""The key of the oldest open row of each lane that nobody holds."""
_LATER = _OUTBOX.c.not_before
_DUE = (
    _OUTBOX.select()
    .where(_OUTBOX.c.id.in_(bindparam("keys", expanding=True)))
    # Somebody may have sent one since: the state is looked at again once the row is locked.
    .where(IS_OPEN, (_LATER <= _NOW) | (_LATER > _FURTHEST))
    .order_by(_OUTBOX.c.id)
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id.in_(bindparam("keys", expanding=True)))
    .values(state="sending", attempts=_OUTBOX.c.attempts + 1)
)


def mark_sent(session: Session, ts: Mapping[int, str], *, at: datetime) -> dict[int, Standing]:
    """Note that Slack has the messages of open rows under what `ts` says by their keys, and forget them.

    Return how it stood with each row; one that is not open any more stays as it is.
    """
    rows = execute(session, _STANDING, {"keys": list(ts)})
    found = {row.id: Standing(row.state in OPEN, row.attempts) for row in rows}
    sent = [{"row_id": key, "at": at, "ts": ts[key]} for key, row in found.items() if row.was_open]
    execute_many(session, _SENT, sent)
    return found


_STANDING = (
    sql.select(_OUTBOX.c.id, _OUTBOX.c.state, _OUTBOX.c.attempts)
    .where(_OUTBOX.c.id.in_(bindparam("keys", expanding=True)))
    .order_by(_OUTBOX.c.id)
    .with_for_update()
)
_SENT = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("row_id"))
    .values(state="sent", content={}, error="", sent_at=bindparam("at"), dispatched_ts=bindparam("ts"))
)


def free_lanes(session: Session, lanes: Mapping[Place, datetime]) -> None:
    """Let the next call in each of these lanes happen at its instant."""
    # All write them in the same order, so that no two wait for each other.
    values = [
        {"workspace_id": workspace_id, "lane": lane, "held_until": at}
        for (workspace_id, lane), at in sorted(lanes.items())
    ]
    execute_many(session, _hold(dialect_of(session)), values)


@cache
def _hold(dialect: str) -> Executable:
    """Write a lease, whoever has it."""
    lease = insert_into(dialect, LaneLeaseRow)
    return lease.on_conflict_do_update(
        index_elements=_LEASE.primary_key.columns, set_={"held_until": lease.excluded.held_until}
    )


@cache
def _lease(dialect: str) -> Executable:
    """Write the leases of the lanes of rows, but for those that somebody has until after `now`."""
    until = bindparam("until", type_=_HELD.type)
    wanted = sql.select(_OUTBOX.c.workspace_id, _OUTBOX.c.lane, until).where(
        _OUTBOX.c.id.in_(bindparam("keys", expanding=True))
    )
    lease = insert_into(dialect, LaneLeaseRow).from_select(
        ["workspace_id", "lane", "held_until"], wanted.order_by(_OUTBOX.c.workspace_id, _OUTBOX.c.lane)
    )
    return lease.on_conflict_do_update(
        index_elements=_LEASE.primary_key.columns,
        set_={"held_until": lease.excluded.held_until},
        where=(_HELD <= _NOW) | (_HELD > _FURTHEST),
    ).returning(_LEASE.c.workspace_id, _LEASE.c.lane)
