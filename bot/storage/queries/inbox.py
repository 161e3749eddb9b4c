"""The inbox: what reached us and still wants an effect."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, update
from sqlmodel import Session, col, select

from bot.storage.insert import insert_once
from bot.storage.tables import InboxRow, table_of


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


def claim(session: Session, *, now: datetime, until: datetime, limit: int = 1) -> list[InboxRow]:
    """Take up to `limit` waiting rows, oldest first, until the instant `until`.

    A row whose holder's time ran out is taken again: its holder died, or is so slow that it finds the row
    done when it comes to write.
    """
    free = (col(InboxRow.claimed_until).is_(None)) | (col(InboxRow.claimed_until) < now)
    query = (
        select(InboxRow)
        .where(IS_WAITING, col(InboxRow.not_before) <= now, free)
        .order_by(col(InboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has no such clause and needs none: one writer at a time
    )
    rows = list(session.exec(query).all())
    for row in rows:
        row.claimed_until = until
        row.attempts += 1
    return rows


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
