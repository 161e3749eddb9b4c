"""What Slack did not take of the weekly digests."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from bot.storage.tables import OutboxRow

AGAIN = " at "
"""What follows it in a digest's key is the place where it is tried again."""
_DIGEST = " digest "


def is_of_digest(outbox_key: str) -> bool:
    """Say whether a message belongs to a digest."""
    return _DIGEST in outbox_key


def failed(session: Session) -> Sequence[OutboxRow]:
    """Lock and return what Slack did not take and nobody dealt with yet, in its order."""
    query = select(OutboxRow).where(OutboxRow.state == "failed", col(OutboxRow.key).contains(_DIGEST))
    return session.exec(query.order_by(col(OutboxRow.id)).with_for_update(skip_locked=True)).all()


def lanes_tried(session: Session, key: str) -> Sequence[str]:
    """Return where the message that first had this key was to be sent so far."""
    same = (col(OutboxRow.key) == key) | col(OutboxRow.key).startswith(f"{key}{AGAIN}", autoescape=True)
    return session.exec(select(OutboxRow.lane).where(same)).all()
