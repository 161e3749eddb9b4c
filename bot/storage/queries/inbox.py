"""The inbox: what reached us and still wants an effect."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Integer, bindparam, literal_column, sql, update
from sqlmodel import Session, col, select

from bot.storage.core import execute
from bot.storage.insert import insert_each_once
from bot.storage.tables import InboxRow, table_of

FURTHEST = timedelta(minutes=2)
"""Further ahead than any claim or wait: what seems to be, was set by a clock that was put back since."""


class Arrived(Struct, frozen=True):
    """What came in. `content` are plain JSON values."""

    key: str
    kind: str
    workspace_id: str
    content: dict[str, Any]


def add(session: Session, rows: Sequence[Arrived], now: datetime) -> list[bool]:
    """Add rows; return of each whether it is new. A second one with the same key is ignored."""
    values = {"state": "waiting", "attempts": 0, "not_before": now, "received_at": now, "reference": ""}
    return insert_each_once(session, InboxRow, [{**asdict(row), **values} for row in rows])


_INBOX = table_of(InboxRow)
IS_WAITING = _INBOX.c.state == literal_column("'waiting'")
"""Written out: for a parameter, no engine sees that the index of waiting rows will do."""


class Claimed(Struct, frozen=True):
    """A row that is taken. `attempts` counts how often it was, this time included."""

    row_id: int
    key: str
    kind: str
    content: dict[str, Any]
    attempts: int
    received_at: datetime


def claim(
    session: Session, *, now: datetime, until: datetime, limit: int = 1, but: frozenset[int] = frozenset()
) -> list[Claimed]:
    """Take up to `limit` waiting rows, oldest first, until the instant `until`.

    `but` are the keys of rows that whoever asks is working on at this moment.

    A row whose holder's time ran out is taken again: its holder died, or is so slow that it finds the row
    done when it comes to write. It may have died of that row, so of those that came back only one at a time
    is under way, and none before whoever came back less often: a row that kills takes no other with it.
    """
    values = {"now": now, "furthest": now + FURTHEST, "but": sorted(but)}
    rows = execute(session, _OLDEST_FIRST, {**values, "at_most": limit}).all()
    if any(row.attempts for row in rows):
        is_under_way = execute(session, _UNDER_WAY, values).first() is not None
        came_back = [] if is_under_way else execute(session, _CAME_BACK, values).all()
        fresh = execute(session, _FRESH, {**values, "at_most": limit - len(came_back)}).all()
        rows = [*came_back, *fresh]
    claimed = [
        Claimed(row.id, row.key, row.kind, row.content, row.attempts + 1, row.received_at) for row in rows
    ]
    if claimed:
        execute(session, _TAKE, {"keys": [row.row_id for row in claimed], "until": until})
    return claimed


_FURTHEST = bindparam("furthest", type_=_INBOX.c.not_before.type)
_NOW = bindparam("now", type_=_INBOX.c.not_before.type)
_HELD, _LATER = _INBOX.c.claimed_until, _INBOX.c.not_before
_WAITING = (
    sql.select(*(_INBOX.c[name] for name in ("id", "key", "kind", "content", "attempts", "received_at")))
    .where(IS_WAITING, _INBOX.c.id.not_in(bindparam("but", expanding=True)))
    .where((_LATER <= _NOW) | (_LATER > _FURTHEST))
    .where(_HELD.is_(None) | (_HELD < _NOW) | (_HELD > _FURTHEST))
    .with_for_update(skip_locked=True)  # SQLite has no such clause and needs none: one writer at a time
)
_OLDEST_FIRST = _WAITING.order_by(_INBOX.c.id).limit(bindparam("at_most", type_=Integer))
_FRESH = _OLDEST_FIRST.where(_INBOX.c.attempts == 0)
_CAME_BACK = _WAITING.where(_INBOX.c.attempts > 0).order_by(_INBOX.c.attempts, _INBOX.c.id).limit(1)
"""Whoever came back least often."""
_UNDER_WAY = (
    sql.select(_INBOX.c.id)
    .where(IS_WAITING, _INBOX.c.attempts > 1, _HELD >= _NOW, _HELD <= _FURTHEST)
    .limit(1)
)
"""One of those that came back and is held by somebody."""
_TAKE = (
    update(_INBOX)
    .where(_INBOX.c.id.in_(bindparam("keys", expanding=True)))
    .values(claimed_until=bindparam("until"), attempts=_INBOX.c.attempts + 1)
)
_FINISH = (
    update(_INBOX)
    .where(_INBOX.c.id.in_(bindparam("row_ids", expanding=True)), _INBOX.c.state == "waiting")
    .values(state="done", content={}, claimed_until=None)
    .returning(_INBOX.c.id)
)


def finish(session: Session, row_ids: Sequence[int]) -> set[int]:
    """Mark waiting rows as done and forget their content; return those that were still waiting."""
    return set(execute(session, _FINISH, {"row_ids": row_ids}).scalars())


def waiting_before(session: Session, beginning: str, row_id: int) -> InboxRow | None:
    """Return the oldest waiting row before this one whose key begins so."""
    query = select(InboxRow).where(
        IS_WAITING,
        col(InboxRow.id) < row_id,
        col(InboxRow.key).startswith(beginning, autoescape=True),
    )
    return session.exec(query.order_by(col(InboxRow.id))).first()
