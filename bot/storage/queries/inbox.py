"""The inbox: what reached us and still wants an effect."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, literal, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.storage.insert import insert_once
from bot.storage.tables import InboxRow, table_of

FURTHEST = timedelta(minutes=2)
"""Further ahead than any claim or wait: what seems to be, was set by a clock that was put back since."""


def add(
    session: Session, *, key: str, kind: str, workspace_id: str, content: dict[str, Any], now: datetime
) -> bool:
    """Add a row; return whether it is new. A second one with the same key is ignored."""
    values = {
        "key": key,
        "kind": kind,
        "workspace_id": workspace_id,
        "content": content,
        "state": "waiting",
        "attempts": 0,
        "not_before": now,
        "received_at": now,
        "reference": "",
    }
    return insert_once(session, InboxRow, values)


IS_WAITING = col(InboxRow.state) == literal("waiting", literal_execute=True)
"""Written out: for a parameter, no engine sees that the index of waiting rows will do."""


def claim(
    session: Session, *, now: datetime, until: datetime, limit: int = 1, but: frozenset[int] = frozenset()
) -> list[InboxRow]:
    """Take up to `limit` waiting rows, oldest first, until the instant `until`.

    `but` are the keys of rows that whoever asks is working on at this moment.

    A row whose holder's time ran out is taken again: its holder died, or is so slow that it finds the row
    done when it comes to write. It may have died of that row, so of those that came back only one at a time
    is under way, and none before whoever came back less often: a row that kills takes no other with it.
    """
    rows = _free(session, now, limit, but)
    if any(row.attempts for row in rows):
        came_back = _one_that_came_back(session, now, but)
        rows = [*came_back, *_fresh(session, now, limit - len(came_back), but)]
    for row in rows:
        row.claimed_until = until
        row.attempts += 1
    return rows


def _free(session: Session, now: datetime, limit: int, but: frozenset[int]) -> list[InboxRow]:
    return list(session.exec(_waiting(now, but).order_by(col(InboxRow.id)).limit(limit)).all())


def _fresh(session: Session, now: datetime, limit: int, but: frozenset[int]) -> list[InboxRow]:
    query = _waiting(now, but).where(InboxRow.attempts == 0)
    return list(session.exec(query.order_by(col(InboxRow.id)).limit(limit)).all())


def _one_that_came_back(session: Session, now: datetime, but: frozenset[int]) -> list[InboxRow]:
    """Return whoever came back least often, unless such a one is under way."""
    held = col(InboxRow.claimed_until)
    came_back = select(InboxRow.id).where(IS_WAITING, InboxRow.attempts > 1)
    if session.exec(came_back.where(held >= now, held <= now + FURTHEST).limit(1)).first() is not None:
        return []
    query = _waiting(now, but).where(InboxRow.attempts > 0)
    return list(session.exec(query.order_by(col(InboxRow.attempts), col(InboxRow.id)).limit(1)).all())


def _waiting(now: datetime, but: frozenset[int]) -> SelectOfScalar[InboxRow]:
    held, later = col(InboxRow.claimed_until), col(InboxRow.not_before)
    return (
        select(InboxRow)
        .where(IS_WAITING, col(InboxRow.id).not_in(but))
        .where((later <= now) | (later > now + FURTHEST))
        .where(held.is_(None) | (held < now) | (held > now + FURTHEST))
        .with_for_update(skip_locked=True)  # SQLite has no such clause and needs none: one writer at a time
    )


_INBOX = table_of(InboxRow)
_FINISH = (
    update(_INBOX)
    .where(_INBOX.c.id == bindparam("row_id"), _INBOX.c.state == "waiting")
    .values(state="done", content={}, claimed_until=None)
    .returning(_INBOX.c.id)
)


def finish(session: Session, row_id: int) -> bool:
    """Mark a waiting row as done and forget its content; return whether it was still waiting."""
    return session.execute(_FINISH, {"row_id": row_id}).first() is not None


def waiting_before(session: Session, beginning: str, row_id: int) -> InboxRow | None:
    """Return the oldest waiting row before this one whose key begins so."""
    query = select(InboxRow).where(
        IS_WAITING,
        col(InboxRow.id) < row_id,
        col(InboxRow.key).startswith(beginning, autoescape=True),
    )
    return session.exec(query.order_by(col(InboxRow.id))).first()
