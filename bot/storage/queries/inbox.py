"""The inbox: what reached us and still wants an effect."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.storage.insert import insert_once
from bot.storage.tables import InboxRow


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


def claim(session: Session, *, now: datetime, until: datetime, limit: int = 1) -> list[InboxRow]:
    """Take up to `limit` waiting rows, oldest first, until the instant `until`.

    A row whose holder's time ran out is taken again: its holder died, or is so slow that it finds the row
    done when it comes to write.
    """
    free = (col(InboxRow.claimed_until).is_(None)) | (col(InboxRow.claimed_until) < now)
    query = (
        select(InboxRow)
        .where(InboxRow.state == "waiting", col(InboxRow.not_before) <= now, free)
        .order_by(col(InboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has no such clause and needs none: one writer at a time
    )
    rows = list(session.exec(query).all())
    for row in rows:
        row.claimed_until = until
        row.attempts += 1
    return rows


def finish(session: Session, row_id: int) -> None:
    """Mark a row as done and forget its content."""
    row = session.get_one(InboxRow, row_id)
    row.state, row.content, row.claimed_until = "done", {}, None


def waiting_before(session: Session, beginning: str, row_id: int) -> InboxRow | None:
    """Return the oldest waiting row before this one whose key begins so."""
    query = select(InboxRow).where(
        InboxRow.state == "waiting",
        col(InboxRow.id) < row_id,
        col(InboxRow.key).startswith(beginning, autoescape=True),
    )
    return session.exec(query.order_by(col(InboxRow.id))).first()
